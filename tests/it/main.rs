//! Stories and checks on the real binary.
