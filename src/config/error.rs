//! What an operator got wrong.

/// A command line or environment that cannot be used. The text is written for an operator.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The command line cannot be read; the text is complete.
    #[error("{0}")]
    Usage(String),
    /// A setting has a value it cannot have.
    #[error(
        "`{given}` is not valid{}; allowed is {allowed}, for example `{example}`",
        .reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default()
    )]
    Value {
        /// Name and value as they were given.
        given: String,
        /// What is wrong, where more can be said than that it is not allowed.
        reason: Option<String>,
        /// What is allowed.
        allowed: String,
        /// A value that would do, given in the same way.
        example: String,
    },
}
