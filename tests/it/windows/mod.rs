//! PowerShell and cmd, which cannot be had here: what is printed for them is read by a parser of the language, and carried
//! out by models of what their manuals say; for cmd, by the cmd of Wine as well.

mod cmd;
mod cmd_model;
mod powershell;
mod powershell_model;
mod wine;

/// Exits with 9 where the reader is not installed, and with 1 where it finds something that it cannot read.
pub(crate) const READ_POWERSHELL: &str = "import sys
try:
    import tree_sitter, tree_sitter_powershell
except ImportError:
    sys.exit(9)
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
sys.exit(parser.parse(sys.stdin.buffer.read()).root_node.has_error)
";
