//! Nothing: this package only brings test data.
