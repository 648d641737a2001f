/// Which views of an image sequence there are: those that share an angle with the default view.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Views {
    /// Horizontal angles or wavelengths at the vertical angle of the default view, ascending.
    pub horizontal: Vec<i32>,
    /// Vertical angles at the horizontal angle of the default view, ascending.
    pub vertical: Vec<i32>,
}
