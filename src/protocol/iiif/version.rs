use super::accept::preferred;
use crate::http::Request;
use crate::protocol::Documents;

/// Versions of the IIIF Image API.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Version {
    /// 1.1.
    V1,
    /// 2.1, a superset of 2.0.
    V2,
    /// 3.0.
    V3,
}

/// The version a request is read and answered in: the one whose context document the client names
/// as `profile` in `Accept`, else the one of the settings.
///
/// A version that does not exist is passed over, so that a client of a later API gets an answer.
pub fn version(request: &Request<'_>, settings: &Documents) -> Version {
    preferred(request.accept, |range| range.profile.and_then(Version::from_profile))
        .unwrap_or(Version::from_number(settings.iiif_version))
}

impl Version {
    /// The version of a major number; 3.0 for all that do not exist.
    pub fn from_number(number: u8) -> Self {
        match number {
            1 => Self::V1,
            2 => Self::V2,
            _ => Self::V3,
        }
    }

    /// Address of the JSON-LD context.
    pub fn context(self) -> &'static str {
        match self {
            Self::V1 => "http://library.stanford.edu/iiif/image-api/1.1/context.json",
            Self::V2 => "http://iiif.io/api/image/2/context.json",
            Self::V3 => "http://iiif.io/api/image/3/context.json",
        }
    }

    /// Address of the compliance level this build has.
    pub fn profile(self) -> &'static str {
        match self {
            Self::V1 => "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level2",
            Self::V2 => "http://iiif.io/api/image/2/level2.json",
            Self::V3 => "http://iiif.io/api/image/3/level2.json",
        }
    }

    fn from_profile(profile: &str) -> Option<Self> {
        // The context of 1.1 moved to iiif.io; both addresses are in use.
        const MOVED: &str = "http://iiif.io/api/image/1/context.json";
        if profile == MOVED {
            return Some(Self::V1);
        }
        [Self::V1, Self::V2, Self::V3].into_iter().find(|version| version.context() == profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &str, default: u8) -> Version {
        let settings = Documents { iiif_version: default, ..Documents::default() };
        version(&Request { accept: Some(accept), ..Request::default() }, &settings)
    }

    #[test]
    fn the_profile_of_accept_selects_the_version() {
        let profile = |n| {
            format!("application/ld+json;profile=\"http://iiif.io/api/image/{n}/context.json\"")
        };
        assert_eq!(negotiated(&profile(1), 3), Version::V1);
        assert_eq!(negotiated(&profile(2), 3), Version::V2);
        assert_eq!(negotiated(&profile(3), 2), Version::V3);
        let both = format!("{};q=0.5, {};q=0.9", profile(3), profile(2));
        assert_eq!(negotiated(&both, 3), Version::V2);
        let equal = format!("{}, {}", profile(3), profile(2));
        assert_eq!(negotiated(&equal, 1), Version::V3);
        assert_eq!(negotiated(&format!("{};q=0", profile(2)), 3), Version::V3);
    }

    #[test]
    fn versions_that_do_not_exist_are_passed_over() {
        let ninth = "application/ld+json;profile=\"http://iiif.io/api/image/9/context.json\"";
        assert_eq!(negotiated(ninth, 2), Version::V2);
        assert_eq!(negotiated("", 2), Version::V2);
        assert_eq!(negotiated("*/*", 1), Version::V1);
        assert_eq!(Version::from_number(0), Version::V3);
    }
}
