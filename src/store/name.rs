use super::StoreError;

/// An identifier as a clean relative path: no empty or `.` parts, so that every spelling of a
/// name is one cache entry.
///
/// `..` is refused. It is never needed, and where links are involved its meaning depends on them.
pub(super) fn clean(name: &str) -> Result<String, StoreError> {
    let mut clean = String::with_capacity(name.len());
    for part in name.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." || part.contains('\0') {
            return Err(StoreError::NotFound);
        }
        if !clean.is_empty() {
            clean.push('/');
        }
        clean.push_str(part);
    }
    if clean.is_empty() { Err(StoreError::NotFound) } else { Ok(clean) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_equal() {
        for name in ["a/b.tif", "/a/b.tif", "a//b.tif", "./a/./b.tif"] {
            assert_eq!(clean(name).unwrap(), "a/b.tif");
        }
    }

    #[test]
    fn names_that_climb_are_not_found() {
        for name in ["..", "../a", "a/../b", "a/..", "", "/", ".", "a\0b"] {
            assert!(clean(name).is_err(), "{name:?}");
        }
        assert_eq!(clean("..a/b..").unwrap(), "..a/b..");
    }
}
