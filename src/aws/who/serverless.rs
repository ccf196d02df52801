//! Serverless Framework: version 3 on the JavaScript SDK v2, version 4 on the v3.

use super::javascript2::{self, Files, Shared};
use super::{Identity, Program, Region, Report, Service, Trail, View, Why, javascript3};

const DEFAULT_REGION: &str = "us-east-1";

pub(super) fn ask_3(view: View<'_>, service: &Service) -> Report {
    let mut trail = Trail::default();
    let identity = javascript2::check_start(view).and_then(|()| identity_3(view, service, &mut trail));
    let region = region_of(service).unwrap_or_else(|| default_region("the project names none, and no variable counts"));
    Report { program: Program::Serverless3, identity, why: trail.0, region }
}

/// Every place is looked at, and the last that has something wins; one that names a profile which is not there stops
/// the program all the same.
fn identity_3(view: View<'_>, service: &Service, trail: &mut Trail) -> Result<Identity, String> {
    let asked = service.profile.as_ref().map_err(|why| why.words.clone())?;
    let own = Files::read(view, None);
    let credentials_file = view.set("AWS_SHARED_CREDENTIALS_FILE");
    let files = Files::read(view, credentials_file.as_deref());
    let mut places = Places { view, files, own, taken: None };
    let fallback = view.set("AWS_DEFAULT_PROFILE");
    let steps = Trail::of(match &fallback {
        Some(name) => format!("`AWS_DEFAULT_PROFILE` is `{name}`"),
        None => "no profile is named, which leaves `default`".to_owned(),
    });
    // This one alone may be missing.
    let _ = places.look_at_profile(fallback.as_deref().unwrap_or("default"), steps, &mut Trail::default());
    if let Some(said) = asked {
        let mut steps = Trail::default();
        steps.step_at(format!("`provider.profile` is `{}`", said.text), &said.origin);
        places.look_at_profile(&said.text, steps, trail)?;
    }
    for prefix in ["AWS".to_owned(), format!("AWS_{}", service.stage.to_uppercase())] {
        places.look_at_keys(&prefix);
        let variable = format!("{prefix}_PROFILE");
        if let Some(name) = view.set(&variable) {
            places.look_at_profile(&name, Trail::of(format!("`{variable}` is `{name}`")), trail)?;
        }
    }
    match places.taken {
        Some((steps, found)) => {
            trail.0.extend(steps.0);
            found
        }
        None => javascript2::identity(view, trail),
    }
}

/// The places that version 3 looks at, and what it has found so far.
struct Places<'w> {
    view: View<'w>,
    /// As the program reads them, and as the SDK alone would.
    files: Files,
    own: Files,
    taken: Option<(Trail, Result<Identity, String>)>,
}

impl Places<'_> {
    fn look_at_keys(&mut self, prefix: &str) {
        let mut steps = Trail::default();
        if let Some(found) = javascript2::environment_keys(self.view, prefix, &mut steps) {
            self.taken = Some((steps, Ok(found)));
        }
    }

    /// What is half there is passed over.
    fn look_at_profile(&mut self, name: &str, mut steps: Trail, trail: &mut Trail) -> Result<(), String> {
        let profiles = self.files.profiles();
        let found = match &profiles {
            Err(why) => Shared::Missing(why.clone()),
            Ok(profiles) => javascript2::shared_profile(&self.files, profiles, &self.own, name, &mut steps),
        };
        let found = match found {
            Shared::Partial(_) => return Ok(()),
            Shared::Missing(why) => {
                steps.step(why);
                trail.0.extend(steps.0);
                return Err(format!("`{name}` is not a profile that it can use"));
            }
            Shared::Found(found) => Ok(found),
            Shared::Role { arn, source } => source.map(|source| Identity::role(&arn, source)),
        };
        self.taken = Some((steps, found));
        Ok(())
    }
}

pub(super) fn ask_4(view: View<'_>, service: &Service) -> Report {
    let mut trail = Trail::default();
    let identity = match &service.profile {
        Err(why) => Err(why.words.clone()),
        Ok(said) => {
            if let Some(said) = said {
                trail.step_at(format!("`provider.profile` is `{}`", said.text), &said.origin);
            }
            javascript3::identity(view, said.as_ref().map(|said| said.text.as_str()), &mut trail)
        }
    };
    let region = region_of(service).unwrap_or_else(|| match view.set("AWS_REGION") {
        Some(region) => Region::of_variable("AWS_REGION", region),
        None => default_region("neither the project nor `AWS_REGION` names one"),
    });
    Report { program: Program::Serverless4, identity, why: trail.0, region }
}

fn region_of(service: &Service) -> Option<Region> {
    match &service.region {
        Err(why) => Some(Region { name: None, why: why.clone() }),
        Ok(said) => said.as_ref().map(|said| Region {
            name: Some(said.text.clone()),
            why: Why { words: "`provider.region`".to_owned(), origin: Some(said.origin.clone()) },
        }),
    }
}

fn default_region(why: &str) -> Region {
    Region { name: Some(DEFAULT_REGION.to_owned()), ..Region::none(why) }
}
