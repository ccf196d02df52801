//! The AWS config and credentials files: where they lie, what their lines mean, which profiles they hold.

pub mod configparser;
pub mod dialect;
pub mod edit;
pub mod files;
pub mod findings;
pub mod glance;
pub mod profiles;
pub mod regions;
