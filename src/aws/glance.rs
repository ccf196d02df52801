//! Where many profiles lead, told fast: nothing is copied, and only what tells it is read.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::dialect;
use super::profiles::{Place, Profiles};
use crate::core::profile::{self, Kind};

/// The properties that tell where a profile leads.
const LEADING: [&str; 14] = [
    "aws_access_key_id",
    "aws_account_id",
    "aws_secret_access_key",
    "credential_process",
    "credential_source",
    "login_session",
    REGION,
    "role_arn",
    "source_profile",
    "sso_account_id",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

const REGION: &str = "region";

/// A profile at a glance.
#[derive(Debug)]
pub struct Glance<'p> {
    /// Its name.
    pub name: &'p str,
    /// The values of its keys, of which the last one counts.
    values: Vec<(&'static str, Cow<'p, str>)>,
}

impl Glance<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let value = self.values.iter().rev().find(|(known, _)| *known == key).map(|(_, value)| value.as_ref());
        value.filter(|value| !value.is_empty())
    }

    /// The kind of identity it leads to.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(&|key| self.get(key))
    }

    /// The account it leads to.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        profile::account(&|key| self.get(key))
    }

    /// The role it leads to.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        profile::role(&|key| self.get(key))
    }

    /// The region it names.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.get(REGION)
    }
}

impl Profiles<'_> {
    /// The profiles whose names are wanted, in the order of `names`.
    #[must_use]
    pub fn glance(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<Glance<'_>> {
        let mut glances: Vec<Glance<'_>> = Vec::new();
        let mut by_name = HashMap::new();
        for (name, place) in self.places().filter(|(name, _)| wanted(name)) {
            let at = *by_name.entry(name).or_insert(glances.len());
            if at == glances.len() {
                glances.push(Glance { name, values: Vec::new() });
            }
            glances[at].values.extend(values(place, &LEADING));
        }
        glances
    }

    /// The regions that profiles name.
    #[must_use]
    pub fn regions(&self) -> BTreeSet<String> {
        let mut regions = BTreeSet::new();
        for (_, place) in self.places() {
            for (_, region) in values(place, &[REGION]) {
                if !region.is_empty() && !regions.contains(region.as_ref()) {
                    regions.insert(region.into_owned());
                }
            }
        }
        regions
    }
}

/// The values of these keys in one section, in the order of the file.
fn values<'p>((file, section): Place<'p, '_>, keys: &[&'static str]) -> Vec<(&'static str, Cow<'p, str>)> {
    let mut values = Vec::new();
    let plain = dialect::plain_values(&file.bytes, section, keys, &mut |key, value| {
        values.push((key, String::from_utf8_lossy(value)));
    });
    if plain.is_none() {
        values.clear();
        for item in dialect::items(&file.bytes, section, &mut Vec::new()) {
            let known = keys.iter().find(|known| **known == item.key);
            values.extend(known.map(|known| (*known, Cow::Owned(item.value))));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::files::{AwsFile, FileKind};

    use crate::core::profile::Profile;

    #[test]
    fn a_profile_leads_where_it_leads_when_it_is_read_closely() {
        let file =
            |kind, text: &str| AwsFile { kind, path: "/f".into(), bytes: text.as_bytes().to_vec(), exists: true };
        let config = file(
            FileKind::Config,
            "[default]\nregion = a\n[profile b]\nregion = x # c\n[profile b]\nRole_ARN = \
             arn:aws:iam::123456789012:role/R\n\nsource_profile=c\ns3 =\n  region = v\n[broken\nregion=no\n[profile \
             d]\n\tregion = e\nregionx = f\n; region = g\n[profile f]\nregion=\n  two lines\n[profile g]\n\
             sso_session = s\nsso_account_id = 1\nsso_role_name = Admin # x\nregion\n[profile h]\nregion = ä\n \n",
        );
        let credentials =
            file(FileKind::Credentials, "[c]\naws_access_key_id = A\naws_secret_access_key = S\n[b]\nregion = z\\\n");
        let profiles = Profiles::find(&config, &credentials);
        let all = profiles.all();
        let closely = |profile: &Profile| {
            let told = [profile.account(), profile.role(), profile.region()].map(|value| value.map(str::to_owned));
            (profile.name.to_string(), profile.kind(), told)
        };
        let at_a_glance = |glance: &Glance<'_>| {
            let told = [glance.account(), glance.role(), glance.region()].map(|value| value.map(str::to_owned));
            (glance.name.to_owned(), glance.kind(), told)
        };
        let glances = profiles.glance(&|_| true);
        assert_eq!(glances.iter().map(at_a_glance).collect::<Vec<_>>(), all.iter().map(closely).collect::<Vec<_>>());
        assert_eq!(profiles.glance(&|name| name == "b").len(), 1);
        let regions: BTreeSet<_> = ["a", "e", "x", "z\\", "ä"].map(str::to_owned).into();
        assert_eq!(profiles.regions(), regions);
    }
}
