//! The shape of a YAML text: which bytes are a key, a value, a list, without what they mean.

mod scanner;

pub(super) use scanner::{Excess, Limits, Tokens, scan};
use scanner::{Kind, Token};

/// How many aliases are looked up, each among all anchors, before it is better to read everything.
const ALIASES_LIMIT: usize = 100;

/// An index of a node that is none.
const NONE: u32 = u32::MAX;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing is written: an empty value.
    Empty,
    /// Text, quoted or not.
    Scalar,
    /// The name of an anchor, with its `*`.
    Alias,
    /// A list.
    Sequence,
    /// Keys and values.
    Mapping,
}

/// A value of the text, or a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) shape: Shape,
    /// Where it begins, behind its anchor and tag.
    pub(super) start: usize,
    /// Where it ends; of a block collection, where its last value ends.
    pub(super) end: usize,
    key: u32,
    first: u32,
    next: u32,
}

/// The shape of a text.
#[derive(Debug)]
pub(super) struct Outline<'t> {
    text: &'t [u8],
    nodes: Vec<Node>,
    /// The names of the anchors and their nodes, in order.
    anchors: Vec<(u32, u32, u32)>,
    root: u32,
    behind_root: usize,
}

/// Whether a list may stand here at the indentation of its key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    WithEntries,
    No,
}

struct Builder<'t, 'k> {
    tokens: &'k [Token],
    at: usize,
    depth: usize,
    outline: Outline<'t>,
}

/// More than any text that the gate lets pass can nest.
const RECURSION_LIMIT: usize = 600;

impl Builder<'_, '_> {
    fn kind(&self) -> Kind {
        self.tokens.get(self.at).map_or(Kind::End, |token| token.kind)
    }

    fn take(&mut self) -> Option<Token> {
        let token = *self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Where the last token ended: an empty value stands there.
    fn here(&self) -> usize {
        self.at.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, |token| token.end as usize)
    }

    fn add(&mut self, shape: Shape, start: usize, end: usize) -> u32 {
        let node = Node { shape, start, end, key: NONE, first: NONE, next: NONE };
        self.outline.nodes.push(node);
        u32::try_from(self.outline.nodes.len() - 1).unwrap_or(NONE)
    }

    fn empty(&mut self, start: usize) -> u32 {
        self.add(Shape::Empty, start, start)
    }

    fn change(&mut self, node: u32, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.outline.nodes.get_mut(node as usize) {
            change(node);
        }
    }

    /// Hangs a value below its parent, behind the one before.
    fn hang(&mut self, parent: u32, last: &mut u32, key: u32, child: u32) {
        self.change(child, |node| node.key = key);
        let before = *last;
        if before == NONE {
            self.change(parent, |node| node.first = child);
        } else {
            self.change(before, |node| node.next = child);
        }
        *last = child;
        let end = self.outline.nodes.get(child as usize).map_or(0, |node| node.end);
        self.change(parent, |node| node.end = node.end.max(end));
    }

    fn node(&mut self, entries: Ends, start: usize) -> Option<u32> {
        self.depth += 1;
        if self.depth > RECURSION_LIMIT {
            return None;
        }
        let mut anchor = None;
        let mut start = start;
        let mut properties = false;
        while matches!(self.kind(), Kind::Anchor | Kind::Tag) {
            let token = self.take()?;
            start = token.end as usize;
            properties = true;
            if token.kind == Kind::Anchor {
                anchor = Some((token.start + 1, token.end));
            }
        }
        let node = match self.kind() {
            Kind::Alias => {
                let token = self.take()?;
                self.add(Shape::Alias, token.start as usize, token.end as usize)
            }
            Kind::Scalar => {
                let token = self.take()?;
                self.add(Shape::Scalar, token.start as usize, token.end as usize)
            }
            Kind::FlowSequenceStart => self.flow_sequence()?,
            Kind::FlowMappingStart => self.flow_mapping()?,
            Kind::BlockSequenceStart => {
                self.at += 1;
                let node = self.block_sequence()?;
                (self.take()?.kind == Kind::BlockEnd).then_some(node)?
            }
            Kind::BlockMappingStart => self.block_mapping()?,
            Kind::BlockEntry if entries == Ends::WithEntries => self.block_sequence()?,
            _ if properties => self.empty(start),
            _ => return None,
        };
        if let Some((from, to)) = anchor {
            self.outline.anchors.push((from, to, node));
        }
        self.depth -= 1;
        Some(node)
    }

    /// A value, or an empty one in front of any of these.
    fn node_unless(&mut self, stops: &[Kind], entries: Ends) -> Option<u32> {
        let start = self.here();
        if stops.contains(&self.kind()) || self.kind() == Kind::End {
            return Some(self.empty(start));
        }
        self.node(entries, start)
    }

    fn begin(&mut self, shape: Shape) -> u32 {
        let start = self.tokens.get(self.at).map_or(0, |token| token.start as usize);
        self.add(shape, start, start)
    }

    /// The entries of a list in lines, with or without an indentation of their own.
    fn block_sequence(&mut self) -> Option<u32> {
        let (sequence, mut last) = (self.begin(Shape::Sequence), NONE);
        while self.kind() == Kind::BlockEntry {
            self.at += 1;
            let stops = [Kind::BlockEntry, Kind::Key, Kind::Value, Kind::BlockEnd];
            let value = self.node_unless(&stops, Ends::No)?;
            self.hang(sequence, &mut last, NONE, value);
        }
        Some(sequence)
    }

    fn block_mapping(&mut self) -> Option<u32> {
        let (mapping, mut last) = (self.begin(Shape::Mapping), NONE);
        self.at += 1;
        let stops = [Kind::Key, Kind::Value, Kind::BlockEnd];
        while self.kind() == Kind::Key {
            self.at += 1;
            let key = self.node_unless(&stops, Ends::WithEntries)?;
            let value = if self.kind() == Kind::Value {
                self.at += 1;
                self.node_unless(&stops, Ends::WithEntries)?
            } else {
                let here = self.here();
                self.empty(here)
            };
            self.hang(mapping, &mut last, key, value);
        }
        (self.take()?.kind == Kind::BlockEnd).then_some(mapping)
    }

    fn flow_sequence(&mut self) -> Option<u32> {
        let (sequence, mut last) = (self.begin(Shape::Sequence), NONE);
        self.at += 1;
        loop {
            if self.kind() == Kind::FlowSequenceEnd {
                let end = self.take()?.end as usize;
                self.change(sequence, |node| node.end = end);
                return Some(sequence);
            }
            if last != NONE && self.take()?.kind != Kind::FlowEntry {
                return None;
            }
            if self.kind() == Kind::FlowSequenceEnd {
                continue;
            }
            let value = if self.kind() == Kind::Key {
                let (pair, mut none) = (self.begin(Shape::Mapping), NONE);
                self.at += 1;
                let stops = [Kind::Value, Kind::FlowEntry, Kind::FlowSequenceEnd];
                let key = self.node_unless(&stops, Ends::No)?;
                let value = self.flow_value(&[Kind::FlowEntry, Kind::FlowSequenceEnd])?;
                self.hang(pair, &mut none, key, value);
                pair
            } else {
                self.node(Ends::No, 0)?
            };
            self.hang(sequence, &mut last, NONE, value);
        }
    }

    fn flow_mapping(&mut self) -> Option<u32> {
        let (mapping, mut last) = (self.begin(Shape::Mapping), NONE);
        self.at += 1;
        loop {
            if self.kind() == Kind::FlowMappingEnd {
                let end = self.take()?.end as usize;
                self.change(mapping, |node| node.end = end);
                return Some(mapping);
            }
            if last != NONE && self.take()?.kind != Kind::FlowEntry {
                return None;
            }
            if self.kind() == Kind::FlowMappingEnd {
                continue;
            }
            let key = if self.kind() == Kind::Key {
                self.at += 1;
                self.node_unless(&[Kind::Value, Kind::FlowEntry, Kind::FlowMappingEnd], Ends::No)?
            } else {
                self.node(Ends::No, 0)?
            };
            let value = self.flow_value(&[Kind::FlowEntry, Kind::FlowMappingEnd])?;
            self.hang(mapping, &mut last, key, value);
        }
    }

    fn flow_value(&mut self, stops: &[Kind]) -> Option<u32> {
        if self.kind() == Kind::Value {
            self.at += 1;
            return self.node_unless(stops, Ends::No);
        }
        let here = self.here();
        Some(self.empty(here))
    }
}

impl<'t> Outline<'t> {
    /// The outline of a text that was scanned; none where the marks make no sense together.
    pub(super) fn of(scanned: &Tokens, text: &'t [u8]) -> Option<Self> {
        let tokens = scanned.with_keys();
        let mut builder = Builder {
            tokens: &tokens,
            at: 0,
            depth: 0,
            outline: Self {
                text,
                nodes: Vec::with_capacity(scanned.count() / 2),
                anchors: Vec::new(),
                root: NONE,
                behind_root: 0,
            },
        };
        while matches!(builder.kind(), Kind::Directive | Kind::DocumentStart) {
            builder.at += 1;
        }
        let start = text.len();
        builder.outline.root = match builder.kind() {
            Kind::End | Kind::DocumentEnd => builder.empty(start),
            _ => builder.node(Ends::No, start)?,
        };
        builder.outline.behind_root = builder.tokens.get(builder.at).map_or(start, |token| token.start as usize);
        Some(builder.outline)
    }

    /// The value of the whole text.
    pub(super) fn root(&self) -> &Node {
        self.at(self.root)
    }

    /// The text with the lines of some entries of its mapping alone; the other lines hold a `#`. None where it is no
    /// mapping in lines, or where an alias in these entries may stand for something in another.
    pub(super) fn with_entries(&self, wanted: impl Fn(&Node) -> bool) -> Option<Vec<u8>> {
        let root = self.root();
        let ends_a_line_oddly = |from: &[u8]| matches!(from, [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..]);
        let is_odd = |(at, byte): (usize, &u8)| *byte >= 0xc2 && ends_a_line_oddly(&self.text[at..]);
        if root.shape != Shape::Mapping
            || self.text.get(root.start) == Some(&b'{')
            || self.text.iter().enumerate().any(is_odd)
        {
            return None;
        }
        let mut kept = self.text.get(..self.line_start(root.start))?.to_vec();
        let indent = root.start - self.line_start(root.start);
        let mut ranges = Vec::new();
        let mut entries = self.children(root).peekable();
        while let Some((key, _)) = entries.next() {
            let from = self.line_start(key?.start);
            // Not so behind an anchor, or a `?`, which may even stand on a line of its own.
            if key?.start - from != indent {
                return None;
            }
            let to = match entries.peek() {
                Some((next, _)) => self.line_start((*next)?.start),
                // What ends the document, and comments, are no burden.
                None => self.text.len(),
            };
            let lines = self.text.get(from..to)?;
            if wanted(key?) {
                kept.extend_from_slice(lines);
                ranges.push(from..to);
            } else {
                for line in lines.split_inclusive(|byte| *byte == b'\n') {
                    kept.push(b'#');
                    kept.extend(line.iter().filter(|byte| matches!(byte, b'\n' | b'\r')));
                }
            }
        }
        let inside = |at: usize| ranges.iter().any(|range| range.contains(&at));
        let aliases = self.nodes.iter().filter(|node| node.shape == Shape::Alias && inside(node.start));
        aliases
            .take(ALIASES_LIMIT + 1)
            .enumerate()
            .all(|(count, alias)| {
                count < ALIASES_LIMIT && inside(self.behind(alias).start) && !std::ptr::eq(self.behind(alias), alias)
            })
            .then_some(kept)
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1)
    }

    /// Where what follows the value of the whole text begins.
    pub(super) fn behind_root(&self) -> usize {
        self.behind_root
    }

    fn at(&self, index: u32) -> &Node {
        const NOTHING: Node = Node { shape: Shape::Empty, start: 0, end: 0, key: NONE, first: NONE, next: NONE };
        self.nodes.get(index as usize).unwrap_or(&NOTHING)
    }

    /// What stands in the text for a node.
    pub(super) fn source(&self, node: &Node) -> &'t [u8] {
        self.text.get(node.start..node.end).unwrap_or_default()
    }

    /// The values below a node, in order, each with its key where it has one.
    pub(super) fn children<'o>(&'o self, node: &Node) -> impl Iterator<Item = (Option<&'o Node>, &'o Node)> {
        let mut next = node.first;
        std::iter::from_fn(move || {
            let child = self.nodes.get(next as usize)?;
            next = child.next;
            Some((self.nodes.get(child.key as usize), child))
        })
    }

    /// The node that an alias stands for, or the node itself.
    pub(super) fn behind<'o>(&'o self, node: &'o Node) -> &'o Node {
        if node.shape != Shape::Alias {
            return node;
        }
        let name = self.text.get(node.start + 1..node.end);
        let before = self.anchors.iter().filter(|(from, ..)| (*from as usize) < node.start);
        let named = before.filter(|(from, to, _)| self.text.get(*from as usize..*to as usize) == name);
        // The name may have been given before.
        let anchor = named.max_by_key(|(from, ..)| *from);
        anchor.map_or(node, |(.., node)| self.at(*node))
    }
}
