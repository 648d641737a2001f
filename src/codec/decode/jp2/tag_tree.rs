//! Tag trees (ITU-T T.800, B.10.2).

/// Numbers of code-blocks that are told bit by bit. A node has the smallest number below it.
#[derive(Clone, Debug)]
pub(super) struct TagTree {
    /// Level by level, code-blocks first.
    nodes: Vec<Node>,
    /// Width of each level, and where it begins.
    levels: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// The number is not less.
    least: u32,
    /// The number is known: it is the least.
    known: bool,
}

impl TagTree {
    /// A tree of this many columns and rows of leaves.
    pub(super) fn new(columns: u32, rows: u32) -> Self {
        let (mut width, mut height) = (columns as usize, rows as usize);
        let (mut levels, mut count) = (Vec::new(), 0_usize);
        while width > 0 && height > 0 {
            levels.push((width, count));
            count = count.saturating_add(width.saturating_mul(height));
            if width == 1 && height == 1 {
                break;
            }
            (width, height) = (width.div_ceil(2), height.div_ceil(2));
        }
        Self { nodes: vec![Node::default(); count], levels }
    }

    /// Reads until it is known whether the number of a leaf is less than a limit.
    pub(super) fn read(
        &mut self,
        leaf: usize,
        limit: u32,
        mut bit: impl FnMut() -> Option<bool>,
    ) -> Option<bool> {
        let (width, _) = *self.levels.first()?;
        let (column, row) = (leaf % width, leaf / width);
        let (mut least, mut less) = (0, false);
        for (level, (width, start)) in self.levels.iter().enumerate().rev() {
            let node = self.nodes.get_mut(start + (row >> level) * width + (column >> level))?;
            node.least = node.least.max(least);
            while !node.known && node.least < limit {
                if bit()? {
                    node.known = true;
                } else {
                    node.least += 1;
                }
            }
            least = node.least;
            less = node.known && node.least < limit;
        }
        Some(less)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_read() {
        // Figure B.12: 6 by 3 leaves, of which the first rows begin with 1, 3, 2.
        let mut tree = TagTree::new(6, 3);
        let mut code = "01111001101".bytes().map(|bit| bit == b'1');
        let mut number = |leaf| {
            let known = tree.read(leaf, 99, || code.next()).unwrap();
            assert!(known);
            tree.nodes[leaf].least
        };
        assert_eq!([number(0), number(1), number(2)], [1, 3, 2]);
        assert_eq!(code.next(), None);
    }

    #[test]
    fn no_more_is_read_than_needed() {
        let mut tree = TagTree::new(1, 1);
        assert_eq!(tree.read(0, 1, || Some(false)), Some(false));
        assert_eq!(tree.read(0, 1, || None), Some(false));
        assert_eq!(tree.read(0, 2, || Some(true)), Some(true));
        assert_eq!(tree.read(0, 9, || None), Some(true));
        assert_eq!(TagTree::new(0, 3).read(0, 1, || Some(true)), None);
    }
}
