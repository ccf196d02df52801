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
                glances.push(Glance { name, values: Vec::with_capacity(8) });
            }
            read(place, &LEADING, &mut glances[at].values);
        }
        glances
    }

    /// The regions that profiles name.
    #[must_use]
    pub fn regions(&self) -> BTreeSet<String> {
        let mut regions = BTreeSet::new();
        let mut values = Vec::new();
        for (_, place) in self.places() {
            read(place, &[REGION], &mut values);
            for (_, region) in values.drain(..) {
                if !region.is_empty() && !regions.contains(region.as_ref()) {
                    regions.insert(region.into_owned());
                }
            }
        }
        regions
    }
}

/// Reads the values of these keys in one section, in the order of the file.
fn read<'p>((file, section): Place<'p>, keys: &[&'static str], values: &mut Vec<(&'static str, Cow<'p, str>)>) {
    let before = values.len();
    let plain = dialect::plain_values(file.bytes(), section, keys, &mut |key, value| {
        let text = std::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed);
        values.push((key, text));
    });
    if plain.is_none() {
        values.truncate(before);
        for item in dialect::items(file.bytes(), section, &mut Vec::new()) {
            let known = keys.iter().find(|known| **known == item.key);
            values.extend(known.map(|known| (*known, Cow::Owned(item.value))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::files::{AwsFile, FileKind};
    use crate::core::profile::Profile;
    use proptest::prelude::*;

    fn with<T>(config: &[u8], credentials: &[u8], test: impl Fn(&Profiles<'_>) -> T) -> T {
        let file = |kind, bytes: &[u8]| AwsFile::read(kind, "/f".into(), bytes.to_vec());
        let (config, credentials) = (file(FileKind::Config, config), file(FileKind::Credentials, credentials));
        test(&Profiles::find(&config, &credentials))
    }

    type Told = Vec<(String, Kind, [Option<String>; 3])>;

    /// What is told of every profile, at a glance and by a close look.
    fn told(profiles: &Profiles<'_>) -> [Told; 2] {
        let owned = |values: [Option<&str>; 3]| values.map(|value| value.map(str::to_owned));
        let glance = |profile: &Glance<'_>| {
            (profile.name.to_owned(), profile.kind(), owned([profile.account(), profile.role(), profile.region()]))
        };
        let look = |profile: &Profile| {
            (profile.name.to_string(), profile.kind(), owned([profile.account(), profile.role(), profile.region()]))
        };
        [profiles.glance(&|_| true).iter().map(glance).collect(), profiles.all().iter().map(look).collect()]
    }

    /// Lines that can be read in more than one way, or seem to.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let pieces: &[&[u8]] = &[
            b"[profile a]\n",
            b"[profile b]\n",
            b"[a]\n",
            b"[default]\n",
            b"[x\n",
            b"region",
            b"REGION ",
            b"sso_session",
            b"sso_account_id",
            b"role_arn",
            b"source_profile",
            b"=",
            b" = ",
            b"arn:aws:iam::123456789012:role/R",
            b"x",
            b" #",
            b"#",
            b";",
            b" ",
            b"\t",
            b"\n",
            b"\r\n",
            b"\n ",
            b"\xff",
            "ä".as_bytes(),
        ];
        let piece = prop::sample::select(pieces.iter().map(|piece| piece.to_vec()).collect::<Vec<_>>());
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn a_glance_and_a_close_look_agree(config in lines(), credentials in lines()) {
            let [glances, looks] = with(&config, &credentials, told);
            prop_assert_eq!(glances, looks);
        }
    }

    #[test]
    fn a_profile_leads_where_it_leads_when_it_is_read_closely() {
        let config = "[default]\nregion = a\n[profile b]\nregion = x # c\n[profile b]\nRole_ARN = \
                      arn:aws:iam::123456789012:role/R\n\nsource_profile=c\ns3 =\n  region = v\n[broken\nregion=no\n\
                      [profile d]\n\tregion = e\nregionx = f\n; region = g\n[profile f]\nregion=\n  two lines\n\
                      [profile g]\nsso_session = s\nsso_account_id = 1\nsso_role_name = Admin # x\nregion\n\
                      [profile h]\nregion = ä\n \n";
        let credentials = "[c]\naws_access_key_id = A\naws_secret_access_key = S\n[b]\nregion = z\\\n";
        with(config.as_bytes(), credentials.as_bytes(), |profiles| {
            let [glances, looks] = told(profiles);
            assert_eq!(glances, looks);
            assert_eq!(profiles.glance(&|name| name == "b").len(), 1);
            let regions: BTreeSet<_> = ["a", "e", "x", "z\\", "ä"].map(str::to_owned).into();
            assert_eq!(profiles.regions(), regions);
        });
    }
}
