//! The AWS config and credentials files: where they lie, what their lines mean, which profiles they hold,
//! and until when each lasts.

pub mod configparser;
pub mod dialect;
pub mod edit;
pub mod files;
pub mod findings;
pub mod glance;
pub mod process;
pub mod profiles;
pub mod regions;
pub mod sessions;
pub mod web_identity;
pub mod who;
