use crate::http::{Response, Status, encode_path};

use super::guarded;

/// The gallery: a shell that shows what `/api/images` lists.
///
/// `root` is where paths of this server begin for the client, without a slash at the end: empty,
/// `/images` behind a proxy that serves us below a path, or a full address.
pub fn gallery(root: &str) -> Response {
    html(&fill(GALLERY, &[("root", root)]))
}

/// The viewer of the image with this id (not percent-encoded); `root` as for [`gallery`].
pub fn viewer(id: &str, root: &str) -> Response {
    let (folder, name) = id.rsplit_once('/').unwrap_or(("", id));
    let values = [
        ("root", root),
        ("path", &encode_path(id, false)),
        ("folder", &encode_path(folder, true)),
        ("name", name),
    ];
    html(&fill(VIEWER, &values))
}

/// A page.
fn html(text: &str) -> Response {
    guarded(Response::with_body(Status::Ok, "text/html; charset=utf-8", text.to_owned()))
}

/// Puts values where the template has `{{name}}`, escaped for text and quoted attributes.
///
/// The template is read once from left to right, so braces inside a value stay as they are.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut page = String::with_capacity(template.len() + 1024);
    let mut pieces = template.split("{{");
    page.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, text) = piece.split_once("}}").unwrap_or(("", piece));
        let value = values.iter().find(|(known, _)| *known == name);
        escape_into(&mut page, value.map_or("", |(_, value)| value));
        page.push_str(text);
    }
    page
}

/// HTML, 13.3 (escaping a string), with both kinds of quotes.
fn escape_into(page: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            other => page.push(other),
        }
    }
}

const GALLERY: &str = include_str!("gallery.html");
const VIEWER: &str = include_str!("viewer.html");

#[cfg(test)]
mod tests {
    use super::*;

    fn text(response: &Response) -> String {
        String::from_utf8(response.body().to_vec()).unwrap()
    }

    #[test]
    fn an_id_is_escaped_for_html_and_encoded_for_addresses() {
        let page = text(&viewer("a b/<i>\"x\"&'ü.tif", ""));
        assert!(page.contains("<title>&lt;i&gt;&quot;x&quot;&amp;&#39;ü.tif"));
        assert!(page.contains(r#"data-image="a%20b/%3Ci%3E%22x%22%26&#39;%C3%BC.tif""#));
        assert!(!page.contains("<i>"));
    }

    #[test]
    fn a_value_is_not_read_as_a_template() {
        let page = text(&viewer("{{root}}.tif", "/prefix"));
        assert!(page.contains("<title>{{root}}.tif"));
    }

    #[test]
    fn files_are_addressed_below_the_root() {
        for page in [gallery("/images"), viewer("a.tif", "/images")] {
            let page = text(&page);
            assert!(page.contains(r#"href="/images/static/base.css""#));
            assert!(page.contains(r#"data-root="/images""#));
        }
    }

    #[test]
    fn the_viewer_leads_back_to_the_folder_of_the_image() {
        assert!(text(&viewer("a/b c/d.tif", "")).contains(r#"href="/?folder=a%2Fb%20c""#));
        assert!(text(&viewer("d.tif", "")).contains(r#"href="/?folder=""#));
    }

    #[test]
    fn pages_hold_no_inline_scripts_and_no_open_placeholders() {
        for page in [gallery(""), viewer("a.tif", "")] {
            let page = text(&page);
            assert!(!page.contains("{{") && !page.contains("<style") && !page.contains("style="));
            assert!(!page.contains(" onclick") && !page.contains("javascript:"));
            for script in page.split("<script").skip(1) {
                assert!(script.contains("src=\"/static/") && script.contains("></script>"));
            }
        }
    }
}
