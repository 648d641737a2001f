//! The images of a stack, and the views of a sequence.

use serde_json::Value;

use crate::command::Angle;
use crate::image::{ImageInfo, StackMember};
use crate::protocol::{Context, number};

/// Numbers that `SDS` can name: horizontal angles, or pages of a stack.
pub(super) fn horizontal(info: &ImageInfo, context: &Context<'_>) -> Vec<i32> {
    match context.views {
        Some(views) => views.horizontal.clone(),
        None => (0..).take(info.stack.len().max(1)).collect(),
    }
}

/// Vertical angles.
pub(super) fn vertical(context: &Context<'_>) -> Vec<i32> {
    context.views.map_or_else(|| vec![Angle::DEFAULT.y], |views| views.vertical.clone())
}

/// The list that viewers make a choice of: number for `SDS`, name, and factor of sample values.
/// `None` for a single image. Members without a name are called by their number.
pub(super) fn document(info: &ImageInfo, context: &Context<'_>) -> Option<String> {
    let member = |id: i32, name: &str, scale: f64| {
        let name = if name.is_empty() { id.to_string() } else { name.to_owned() };
        let (name, scale) = (Value::from(name), number::general(scale, 9));
        format!("{{\n\t\t\"id\": {id},\n\t\t\"name\": {name},\n\t\t\"scale\": {scale}\n\t}}")
    };
    let members: Vec<String> = if let Some(views) = context.views {
        views.horizontal.iter().map(|x| member(*x, "", 1.0)).collect()
    } else {
        let named = |(id, image): (_, &StackMember)| member(id, &image.name, image.scale);
        (0..).zip(&info.stack).map(named).collect()
    };
    (!members.is_empty()).then(|| format!("[ \n\t{}\n]", members.join(",\n\t")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Request;
    use crate::image::Views;
    use crate::protocol::Documents;
    use crate::protocol::iip::describe;
    use crate::protocol::iip::testing::{facts, image_a};

    fn body(input: &str, info: &ImageInfo, views: Option<&Views>) -> (String, String) {
        let (request, settings) = (Request::default(), Documents::default());
        let context = Context {
            request: &request,
            input,
            name: "a",
            views,
            statistics: None,
            settings: &settings,
        };
        let answer = describe(&facts(input), Some(info), &context);
        let media_type = answer.value("Content-Type").unwrap_or_default().to_owned();
        (String::from_utf8(answer.body().to_vec()).unwrap(), media_type)
    }

    fn stack(members: &[(&str, f64)]) -> ImageInfo {
        let member =
            |(name, scale): &(&str, f64)| StackMember { name: (*name).to_owned(), scale: *scale };
        ImageInfo { stack: members.iter().map(member).collect(), ..image_a() }
    }

    #[test]
    fn a_stack_has_the_bytes_of_the_specification() {
        // Behaviour specification, 6.
        let info = stack(&[("band0", 1.0), ("band1", 1.5)]);
        let expected = "[ \n\t{\n\t\t\"id\": 0,\n\t\t\"name\": \"band0\",\n\t\t\"scale\": 1\n\t},\n\t{\n\
                        \t\t\"id\": 1,\n\t\t\"name\": \"band1\",\n\t\t\"scale\": 1.5\n\t}\n]\r\n";
        let (text, media_type) = body("FIF=a&obj=stack", &info, None);
        assert_eq!((text.as_str(), media_type.as_str()), (expected, "application/json"));
        let (text, _) = body("FIF=a&OBJ=Horizontal-views&OBJ=Vertical-views", &info, None);
        assert_eq!(text, "Horizontal-views:0 1\r\nVertical-views:90\r\n");
    }

    #[test]
    fn names_are_escaped_and_never_empty() {
        let info = stack(&[("a \"b\"\n", 1.0 / 3.0), ("", 1e10)]);
        let (text, _) = body("FIF=a&OBJ=stack", &info, None);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value[0]["name"], "a \"b\"\n");
        assert!(text.contains("\"scale\": 0.333333333\n"), "{text}");
        assert_eq!(value[1]["name"], "1");
    }

    #[test]
    fn a_sequence_is_told_by_its_angles() {
        let views = Views { horizontal: vec![0, 400, 1000], vertical: vec![45, 90] };
        let told = |object| body(&format!("FIF=a&OBJ={object}"), &image_a(), Some(&views)).0;
        // Behaviour specification, 6.
        assert_eq!(told("Horizontal-views"), "Horizontal-views:0 400 1000\r\n");
        assert_eq!(told("Vertical-views"), "Vertical-views:45 90\r\n");
        let members: Value = serde_json::from_str(&told("stack")).unwrap();
        assert_eq!(members[1]["id"], 400);
        assert_eq!(members[1]["name"], "400");
        assert_eq!(members.as_array().map(Vec::len), Some(3));
    }
}
