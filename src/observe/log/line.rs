//! One event as one line of text.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Time, level, message and fields. Whatever an event holds, it stays on its line.
pub(super) struct Line {
    /// Whether the line begins with the time; a system's log has its own.
    pub(super) timed: bool,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if self.timed {
            SystemTime.format_time(&mut writer)?;
            writer.write_char(' ')?;
        }
        write!(writer, "{}", event.metadata().level())?;
        let mut fields = Fields { message: String::new(), others: String::new() };
        event.record(&mut fields);
        if !fields.message.is_empty() {
            write!(writer, " {}", fields.message)?;
        }
        writeln!(writer, "{}", fields.others)
    }
}

/// The fields of an event, the message apart because it comes first.
struct Fields {
    message: String,
    others: String,
}

impl Fields {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let text = if field.name() == "message" {
            &mut self.message
        } else {
            self.others.push(' ');
            self.others.push_str(field.name());
            self.others.push('=');
            &mut self.others
        };
        // Writing to a string fails only when a value's own formatting does.
        let _ = Escaped(text).write_fmt(value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}

/// Replaces what could end a line or steer a terminal.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            if char.is_control() || matches!(char, '\u{2028}' | '\u{2029}') {
                self.0.extend(char.escape_debug());
            } else {
                self.0.push(char);
            }
        }
        Ok(())
    }
}
