use crate::http::{Response, Status};

use super::guarded;

/// The embedded file at this path: `/static/<name>` or `/favicon.svg`.
///
/// The files change only with the program; the caller adds the headers for caching.
pub fn asset(path: &str) -> Option<Response> {
    let name = match path {
        "/favicon.svg" => "favicon.svg",
        path => path.strip_prefix("/static/")?,
    };
    let (_, body) = FILES.iter().find(|(file, _)| *file == name)?;
    let media_type = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    Some(guarded(Response::with_body(Status::Ok, media_type, *body)))
}

/// Name and content of every embedded file.
const FILES: &[(&str, &str)] = &[
    ("adjust.css", include_str!("static/adjust.css")),
    ("adjust.js", include_str!("static/adjust.js")),
    ("base.css", include_str!("static/base.css")),
    ("chart.js", include_str!("static/chart.js")),
    ("colormaps.js", include_str!("static/colormaps.js")),
    ("controls.js", include_str!("static/controls.js")),
    ("favicon.svg", include_str!("static/favicon.svg")),
    ("gallery.css", include_str!("static/gallery.css")),
    ("gallery.js", include_str!("static/gallery.js")),
    ("geometry.js", include_str!("static/geometry.js")),
    ("iip.js", include_str!("static/iip.js")),
    ("input.js", include_str!("static/input.js")),
    ("live.js", include_str!("static/live.js")),
    ("measure.js", include_str!("static/measure.js")),
    ("probe.js", include_str!("static/probe.js")),
    ("profile.js", include_str!("static/profile.js")),
    ("refusal.js", include_str!("static/refusal.js")),
    ("render.js", include_str!("static/render.js")),
    ("sliders.js", include_str!("static/sliders.js")),
    ("tiles.js", include_str!("static/tiles.js")),
    ("ui.js", include_str!("static/ui.js")),
    ("viewer.css", include_str!("static/viewer.css")),
    ("viewer.js", include_str!("static/viewer.js")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_files_have_their_media_types() {
        let media_type =
            |path: &str| asset(path).unwrap().value("Content-Type").unwrap().to_owned();
        assert_eq!(media_type("/static/viewer.js"), "text/javascript; charset=utf-8");
        assert_eq!(media_type("/static/viewer.css"), "text/css; charset=utf-8");
        assert_eq!(media_type("/favicon.svg"), "image/svg+xml");
    }

    #[test]
    fn other_paths_are_not_files() {
        for path in ["/static/", "/static/../mod.rs", "/viewer.js", "/static/viewer.js/", ""] {
            assert_eq!(asset(path), None, "{path}");
        }
    }

    #[test]
    fn every_imported_module_is_embedded() {
        for (file, text) in FILES {
            let imports = text.lines().filter_map(|line| line.split_once("from \"./"));
            for (_, name) in imports {
                let name = name.trim_end_matches("\";");
                assert!(asset(&format!("/static/{name}")).is_some(), "{file} imports {name}");
            }
        }
    }

    #[test]
    fn nothing_is_loaded_from_other_hosts() {
        for (file, text) in FILES {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://") && !text.contains("https://"), "{file}");
        }
    }
}
