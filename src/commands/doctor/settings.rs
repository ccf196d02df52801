//! What is wrong in the person's own config.

use crate::aws::profiles::Profiles;
use crate::config::Config;
use crate::core::error::Result;
use crate::core::finding::Finding;

/// What cannot be read, names what is not there, or does nothing.
pub(super) fn of(settings: &Result<Config>, profiles: &Profiles<'_>) -> Vec<Finding> {
    match settings {
        Err(error) => {
            let correct = "fix it: until then nothing is switched, because it is not known what is protected";
            let remedy = error.hint_text().unwrap_or(correct);
            vec![Finding::problem(error.message(), &[], remedy)]
        }
        Ok(settings) => {
            let remarks = settings.remarks(&profiles.names()).into_iter();
            let told = remarks.map(|remark| {
                let told = if remark.is_problem { Finding::problem } else { Finding::note };
                told(remark.message, &[], remark.remedy).at(&remark.origin)
            });
            told.collect()
        }
    }
}
