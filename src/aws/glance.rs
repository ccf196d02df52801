//! Where many profiles lead, told fast.

use std::collections::HashMap;
use std::path::PathBuf;

use super::dialect;
use super::profiles::Profiles;
use crate::core::binding::Origin;
use crate::core::profile::{Profile, ProfileName, Properties, Property};

impl Profiles<'_> {
    /// The profiles whose names are wanted, in the order of `names`, with their properties and without what only one
    /// who looks closely asks for: where each stands.
    #[must_use]
    pub fn glance(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<Profile> {
        let mut profiles: Vec<Profile> = Vec::new();
        let mut by_name = HashMap::new();
        for (name, (file, section)) in self.places().filter(|(name, _)| wanted(name)) {
            let at = match by_name.get(name) {
                Some(at) => *at,
                None => {
                    let Some(known) = ProfileName::new(name) else { continue };
                    profiles.push(Profile { name: known, properties: Properties::new(), sources: Vec::new() });
                    *by_name.entry(name).or_insert(profiles.len() - 1)
                }
            };
            for item in dialect::items(&file.bytes, section, &mut Vec::new()) {
                let origin = Origin { file: PathBuf::new(), line: item.line };
                profiles[at].properties.insert(item.key, Property { value: item.value, origin });
            }
        }
        profiles
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::files::{AwsFile, FileKind};

    #[test]
    fn it_is_told_of_a_profile_what_is_read_of_it_closely() {
        let file = |kind, text: &str| AwsFile {
            kind,
            path: "/f".into(),
            bytes: text.as_bytes().to_vec(),
            exists: true,
        };
        let config = file(
            FileKind::Config,
            "[default]\nregion = a\n[profile b]\nregion = x # c\nregion=y\ns3 =\n  k = v\n[profile b]\nrole_arn = \
             arn:aws:iam::123456789012:role/R\nsource_profile=c\n[broken\nregion=no\n",
        );
        let credentials = file(FileKind::Credentials, "[c]\naws_access_key_id = A\n[b]\nregion = z\\\n");
        let profiles = Profiles::find(&config, &credentials);
        let told = |profiles: &[Profile]| {
            let told = |profile: &Profile| {
                let values = profile.properties.iter().map(|(key, property)| (key.clone(), property.value.clone()));
                (profile.name.clone(), values.collect::<Vec<_>>())
            };
            profiles.iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(told(&profiles.glance(&|_| true)), told(&profiles.all()));
        assert_eq!(profiles.glance(&|name| name == "b").len(), 1);
    }
}
