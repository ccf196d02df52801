//! What a service file comes to, in a world that is made up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

use proptest::prelude::*;

use super::{dotenv, number, plain, read, variables};
use crate::core::binding::{ANY_STAGE, Answer, Binding, Said};
use crate::core::error::{Error, Result};
use crate::project::{Question, World};

/// A world of `/repository/service`, where `.git` lies in `/repository`.
#[derive(Default)]
pub(super) struct Made {
    files: BTreeMap<&'static str, String>,
    links: BTreeMap<&'static str, &'static str>,
    variables: BTreeMap<&'static str, &'static str>,
}

/// A path of this world, in which names stand behind `/` on every system.
fn text_of(path: &Path) -> String {
    path.to_str().unwrap().replace(MAIN_SEPARATOR, "/")
}

impl World for Made {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        let path = text_of(path);
        match self.files.get(path.as_str()).map(String::as_str) {
            Some("denied") => Err(Error::failed(format!("cannot read `{path}`"))),
            text => Ok(text.map(|text| text.as_bytes().to_owned())),
        }
    }

    fn real_path(&self, path: &Path) -> Option<PathBuf> {
        assert!(!path.components().any(|part| part == Component::ParentDir), "{}", path.display());
        let text = text_of(path);
        assert!(!text.contains('\0'), "{text}");
        let real = self.links.get(text.as_str()).copied().unwrap_or(&text);
        let there = self.files.keys().any(|file| Path::new(file).starts_with(real)) || real == "/repository/service";
        there.then(|| real.into())
    }

    fn names(&self, directory: &Path, _beginning: &str, _most: usize) -> Vec<String> {
        panic!("{} is listed", directory.display());
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|&value| value.to_owned())
    }
}

pub(super) fn world(files: &[(&'static str, &str)]) -> Made {
    let mut files: BTreeMap<_, _> = files.iter().map(|&(path, text)| (path, text.to_owned())).collect();
    files.insert("/repository/.git/HEAD", "ref: refs/heads/main".to_owned());
    Made { files, ..Made::default() }
}

fn ask(world: &Made, text: &str, stage: Option<&str>) -> Binding {
    read(text.as_bytes(), Path::new("/repository/service/serverless.yml"), &Question { stage, world }).unwrap()
}

/// The profile of a file that needs nothing else, or why there is none.
fn profile(text: &str) -> String {
    told(&ask(&world(&[]), text, None).answer)
}

fn told(answer: &Answer) -> String {
    match (&answer.asked.profile, answer.unresolved.first()) {
        (Some(said), None) => said.text.clone(),
        (None, Some(open)) => format!("{}: {}", open.key, open.reason),
        (None, None) => "none".to_owned(),
        (Some(said), Some(open)) => format!("{}, but {}: {}", said.text, open.key, open.reason),
    }
}

fn aws(profile: &str) -> String {
    format!("provider:\n  name: aws\n  profile: {profile}\n")
}

/// File, line and text.
fn origin(said: Option<&Said>) -> (String, u32, &str) {
    let said = said.unwrap();
    (text_of(&said.origin.file), said.origin.line, said.text.as_str())
}

/// One line for each of many.
fn each(count: usize, line: impl Fn(usize, usize) -> String) -> String {
    (0..count).map(|number| line(number, number + 1)).collect()
}

const MAP: &str = "\
service: orders
provider:
  name: aws
  region: ${self:custom.regions.${sls:stage}, 'us-east-1'}
  profile: ${self:custom.profiles.${sls:stage}}
custom:
  profiles:
    dev: devProfile
    prod: prodProfile
  regions:
    prod: eu-west-1
";

#[test]
fn the_profile_stands_where_its_literal_stands() {
    let binding = ask(&world(&[]), MAP, None);
    let file = "/repository/service/serverless.yml".to_owned();
    assert_eq!(origin(binding.answer.asked.profile.as_ref()), (file.clone(), 8, "devProfile"));
    assert_eq!(origin(binding.answer.asked.region.as_ref()), (file.clone(), 4, "us-east-1"));
    let binding = ask(&world(&[]), MAP, Some("prod"));
    assert_eq!(origin(binding.answer.asked.profile.as_ref()), (file.clone(), 9, "prodProfile"));
    assert_eq!(origin(binding.answer.asked.region.as_ref()), (file, 11, "eu-west-1"));
}

#[test]
fn a_profile_from_an_included_file_stands_there() {
    let world = world(&[
        ("/repository/service/one.yml", "a: b\ndeep:\n  list:\n    - x\n    - ${file(two.json):name}\n"),
        ("/repository/service/two.json", "{\n  \"name\": \"twoProfile\"\n}\n"),
    ]);
    let binding = ask(&world, &aws("${file(one.yml):deep.list.1}"), None);
    let expected = ("/repository/service/two.json".to_owned(), 2, "twoProfile");
    assert_eq!(origin(binding.answer.asked.profile.as_ref()), expected);
    let inputs = ["/repository/service/one.yml", "/repository/service/two.json"].map(PathBuf::from);
    assert_eq!(binding.inputs, inputs);
}

/// As in JavaScript, a text has a length and characters, and nothing below these.
#[test]
fn nothing_lies_below_the_length_of_a_text() {
    let below = |address: &str| {
        let world = world(&[("/repository/service/one.yml", "name: four\n")]);
        let own = aws(&format!("${{self:custom.{address}, 'none'}}")) + "custom: {name: four}\n";
        let included = aws(&format!("${{file(one.yml):{address}, 'none'}}"));
        [own, included].map(|text| told(&ask(&world, &text, None).answer))
    };
    assert_eq!(below("name.length"), ["4", "4"]);
    assert_eq!(below("name.1"), ["o", "o"]);
    assert_eq!(below("name.length.x"), ["none", "none"]);
    assert_eq!(below("name.1.x"), ["none", "none"]);
}

#[test]
fn a_plain_text_file_holds_text_whatever_it_looks_like() {
    let world = world(&[("/repository/service/name.txt", "0123")]);
    assert_eq!(told(&ask(&world, &aws("${file(name.txt)}"), None).answer), "0123");
}

#[test]
fn what_is_asked_at_the_top_beyond_the_common_keys_is_found() {
    assert_eq!(profile(&(aws("${self:mine.name}") + "mine: {name: dev}\n")), "dev");
}

#[test]
fn a_stage_that_is_nothing_to_javascript_is_dev() {
    let text = "provider: {name: aws, profile: p, stage: [x]}\n";
    let open = ask(&world(&[]), text, None).answer.unresolved;
    assert_eq!((open[0].key.as_str(), open[0].reason.as_str()), ("provider.stage", "it is not text"));
    for (stage, expected) in [("0", "dev"), ("''", "dev"), ("false", "dev"), ("1", "1"), ("qa", "qa")] {
        let text = format!("provider: {{name: aws, profile: p, stage: {stage}}}\n");
        assert_eq!(ask(&world(&[]), &text, None).stage.as_deref(), Some(expected), "{stage}");
    }
}

#[test]
fn another_provider_than_aws_has_no_profile() {
    assert_eq!(profile("provider: {name: google, profile: p}\n"), "none");
    assert_eq!(profile("provider: {profile: p}\n"), "p");
}

#[test]
fn many_references_beside_one_another_are_no_chain() {
    let custom = each(250, |at, _| format!("  a{at}: ${{self:custom.z}}\n"));
    let text = aws(&each(250, |at, _| format!("${{self:custom.a{at}}}"))) + "custom:\n  z: x\n" + &custom;
    assert_eq!(profile(&text), "x".repeat(250));
}

#[test]
fn a_profile_is_so_long_and_no_longer() {
    let longest = "x".repeat(4096);
    assert_eq!(profile(&aws(&longest)), longest);
    assert_eq!(profile(&aws(&(longest + "x"))), "provider.profile: it is too long");
    let half = "x".repeat(300);
    assert_eq!(
        profile(&(aws(&format!("{half}${{self:custom.x}}")) + &format!("custom: {{x: {half}}}\n"))),
        half.repeat(2)
    );
    let large = "x".repeat(40_000);
    let text = aws("${self:custom.x}${self:custom.x}") + &format!("custom: {{x: {large}}}\n");
    assert_eq!(profile(&text), "provider.profile: the text that the variables make is too long");
}

#[test]
fn in_version_4_a_profile_that_cannot_be_told_is_all_that_is_told() {
    let text = "frameworkVersion: 4\nprovider: {name: aws, profile: '${ssm:/p}', resolver: gone}\n";
    let open = ask(&world(&[]), text, None).answer.unresolved;
    assert_eq!(open.iter().map(|open| open.key.as_str()).collect::<Vec<_>>(), ["provider.profile"]);
}

#[test]
fn the_length_of_what_is_looked_through_counts() {
    // Short texts cost nothing.
    let list = vec!["y".repeat(255); 200].join(",");
    let custom = format!("custom: {{l: [{list}], k: '${{self:custom.l}},'}}\n");
    assert_eq!(profile(&(aws("x${self:custom.k.length}") + &custom)), "x51200");
    // Text that may be a date is looked for in its file, which takes the longer the larger that is.
    let large = format!("#{}\n", "x".repeat(10_000));
    let dates = |count| format!("custom: {{l: [{}]}}\n", vec!["2024-01-31"; count].join(","));
    let told = |count| profile(&(aws("x${self:custom.l}") + &dates(count) + &large));
    assert!(told(3).starts_with("x2024-01-31T00:00:00.000Z,2024"));
    assert_eq!(told(150), "provider.profile: following the variables takes too long");
    // So does a variable that holds another.
    let world = world(&[("/repository/service/.env", "A=$B\nB=x\n")]);
    let text = "useDotenv: true\n".to_owned() + &aws(&"${env:A}".repeat(4));
    assert_eq!(told_of(&world, &text), "xxxx");
}

fn told_of(world: &Made, text: &str) -> String {
    told(&ask(world, text, None).answer)
}

/// As Serverless 3 does before it hands a map on.
#[test]
fn whatever_stands_below_a_map_that_is_handed_on_must_come_to_something() {
    let text = |below: &str| {
        aws("${self:custom.other.name}")
            + &format!("custom:\n  other: ${{self:custom.map}}\n  map: {{name: dev, {below}}}\n")
    };
    assert_eq!(profile(&text("list: [a, '${self:service, 1}']")), "dev");
    for below in ["map: {a: '${env:GONE}'}", "list: [a, '${env:GONE}']", "list: [[{a: '${env:GONE}'}]]"] {
        assert!(profile(&text(below)).contains("GONE"), "{below}: {}", profile(&text(below)));
    }
}

#[test]
fn the_work_that_a_file_makes_is_bounded() {
    let text = |count: usize| {
        let list = vec!["''"; 300].join(",");
        aws(&"${self:custom.l}".repeat(count)) + &format!("custom: {{l: [{list}]}}\n")
    };
    assert!(profile(&text(2)).starts_with(",,"));
    assert_eq!(profile(&text(110)), "provider.profile: following the variables takes too long");
}

#[test]
fn a_profile_that_was_put_together_stands_where_its_expression_stands() {
    let text = aws("${self:custom.name}") + "custom:\n  name: team-${sls:stage}\n";
    let binding = ask(&world(&[]), &text, None);
    let expected = ("/repository/service/serverless.yml".to_owned(), 5, "team-dev");
    assert_eq!(origin(binding.answer.asked.profile.as_ref()), expected);
}

#[test]
fn a_profile_from_a_merge_key_stands_at_its_anchor() {
    let text = "x: &base\n  name: aws\n  profile: &p anchored\nprovider:\n  <<: *base\n  region: *p\n";
    let binding = ask(&world(&[]), text, None);
    assert_eq!(origin(binding.answer.asked.profile.as_ref()).1, 3);
    assert_eq!(origin(binding.answer.asked.region.as_ref()).2, "anchored");
}

#[test]
fn a_profile_in_json_stands_in_its_line() {
    let text = "{\n\t\"provider\": {\n\t\t\"name\": \"aws\",\n\t\t\"profile\": \"${self:custom.p}\"\n\t},\n\t\"custom\":\n\t\t{\"p\": \"jsonProfile\"}}";
    let world = world(&[]);
    let path = Path::new("/repository/service/serverless.json");
    let binding = read(text.as_bytes(), path, &Question { stage: None, world: &world }).unwrap();
    let expected = ("/repository/service/serverless.json".to_owned(), 7, "jsonProfile");
    assert_eq!(origin(binding.answer.asked.profile.as_ref()), expected);
}

#[test]
fn the_lines_are_right_behind_a_byte_order_mark_and_carriage_returns() {
    let text = "\u{feff}provider:\r\n  name: aws\r\n  profile: ${self:custom.p}\r\ncustom:\r\n  p: marked\r\n";
    let binding = ask(&world(&[]), text, None);
    assert_eq!(origin(binding.answer.asked.profile.as_ref()).1, 5);
}

#[test]
fn a_number_with_a_leading_zero_is_one_and_in_quotes_it_is_text() {
    for (written, expected) in [("0123", "123"), ("'0123'", "0123"), ("&a 0123", "123"), ("!!str 0123", "0123")] {
        assert_eq!(profile(&aws(written)), expected, "{written}");
    }
}

#[test]
fn the_stages_are_those_of_the_map_that_the_profile_is_taken_from() {
    let binding = ask(&world(&[]), MAP, None);
    let stages: Vec<_> = binding.stages.iter().map(|(stage, answer)| (stage.as_str(), told(answer))).collect();
    assert_eq!(stages, [("dev", "devProfile".to_owned()), ("prod", "prodProfile".to_owned())]);
    assert_eq!(told(&binding.any_stage), "provider.profile: there is no `custom.profiles.<stage>`");
    assert_eq!(binding.default_stage.as_deref(), Some("dev"));
    assert_eq!(binding.stage.as_deref(), Some("dev"));
}

#[test]
fn a_map_of_stages_beside_other_settings_gives_those_that_have_a_profile() {
    let text = aws("${self:custom.${opt:stage, 'dev'}.aws.profile}")
        + "custom:\n  webpack: {mode: x}\n  dev: {aws: {profile: d}}\n  prod: {aws: '${file(prod.yml)}'}\n  note: text\n";
    let world = world(&[("/repository/service/prod.yml", "profile: p")]);
    let stages: Vec<_> =
        ask(&world, &text, None).stages.iter().map(|(stage, answer)| stage.clone() + "=" + &told(answer)).collect();
    assert_eq!(stages, ["dev=d", "prod=p"]);
}

#[test]
fn a_map_in_an_included_file_gives_its_stages() {
    let world =
        world(&[("/repository/service/profiles.json", r#"{"p-qa": "q", "p-prod": "p", "other": "o", "p-": "x"}"#)]);
    let text = aws("${file(profiles.json):p-${sls:stage}, 'fallen'}");
    let binding = ask(&world, &text, None);
    let stages: Vec<_> = binding.stages.iter().map(|(stage, answer)| stage.clone() + "=" + &told(answer)).collect();
    assert_eq!(stages, ["qa=q", "prod=p"]);
    assert_eq!(told(&binding.any_stage), "fallen");
}

#[test]
fn params_name_stages_too() {
    let text = "params:\n  default: {profile: any}\n  prod: {profile: p}\n  qa: {other: x}\n".to_owned()
        + &aws("${param:profile}");
    let stages: Vec<_> = ask(&world(&[]), &text, None)
        .stages
        .iter()
        .map(|(stage, answer)| stage.clone() + "=" + &told(answer))
        .collect();
    assert_eq!(stages, ["prod=p", "qa=any"]);
}

#[test]
fn any_stage_stands_in_the_name() {
    let binding = ask(&world(&[]), &aws("team-${sls:stage}"), Some("prod"));
    assert_eq!(told(&binding.answer), "team-prod");
    assert_eq!(told(&binding.any_stage), format!("team-{ANY_STAGE}"));
    assert_eq!(binding.stages, []);
}

#[test]
fn any_stage_reads_no_file_of_its_name() {
    let text = "useDotenv: true\n".to_owned() + &aws("${file(stages/${sls:stage}.yml):profile}");
    let binding = ask(&world(&[]), &text, None);
    assert_eq!(told(&binding.any_stage), "provider.profile: `stages/<stage>.yml` does not exist or has no `profile`");
    let inputs = [".env.dev", ".env", "stages/dev.yml"].map(|name| Path::new("/repository/service").join(name));
    assert_eq!(binding.inputs, inputs);
}

#[test]
fn a_stage_that_nobody_gives_is_dev_and_what_asks_for_it_is_open() {
    let text =
        "provider:\n  name: aws\n  stage: ${opt:stage}\n  profile: ${self:custom.${sls:stage}}\ncustom: {dev: d}\n";
    let binding = ask(&world(&[]), text, None);
    assert_eq!(binding.default_stage.as_deref(), Some("dev"));
    let open: Vec<_> = binding
        .answer
        .unresolved
        .iter()
        .map(|open| (open.key.as_str(), open.reason.as_str(), open.origin.line))
        .collect();
    let reason = "no stage is given";
    assert_eq!(
        open,
        [("provider.stage", reason, 3), ("provider.profile", "no stage is given, at `provider.stage`", 4)]
    );
    assert_eq!(told(&ask(&world(&[]), text, Some("dev")).answer), "d");
}

#[test]
fn a_stage_that_needs_the_network_is_none() {
    let text = "provider:\n  name: aws\n  stage: ${ssm:/stage}\n  profile: p\n";
    let binding = ask(&world(&[]), text, None);
    assert_eq!((binding.default_stage, binding.stage), (None, None));
    assert_eq!(told(&binding.answer), "p, but provider.stage: `ssm` needs the network");
    assert_eq!(told(&ask(&world(&[]), text, Some("prod")).answer), "p");
}

#[test]
fn what_cannot_be_told_says_what_and_where() {
    let text = aws("${self:custom.profile}") + "custom:\n  profile: x-${ssm:/profile}\n";
    let binding = ask(&world(&[]), &text, None);
    let open = &binding.answer.unresolved[0];
    assert_eq!(open.key, "provider.profile");
    assert_eq!(open.expression, "${self:custom.profile}");
    assert_eq!(open.reason, "`ssm` needs the network, at `custom.profile`");
    assert_eq!((text_of(&open.origin.file).as_str(), open.origin.line), ("/repository/service/serverless.yml", 3));
    assert_eq!(binding.answer.unresolved.len(), 1);
}

#[test]
fn an_expression_of_an_included_provider_stands_in_its_file() {
    let world = world(&[("/repository/service/p.yml", "name: aws\nregion: x\nprofile: ${opt:profile}\n")]);
    let open = ask(&world, "provider: ${file(p.yml)}\n", None).answer.unresolved.remove(0);
    assert_eq!(open.expression, "${opt:profile}");
    assert_eq!(open.reason, "Serverless has no option `--profile`");
    assert_eq!((text_of(&open.origin.file).as_str(), open.origin.line), ("/repository/service/p.yml", 3));
}

#[test]
fn every_reason_is_in_words() {
    let world = world(&[("/repository/service/denied.yml", "denied"), ("/repository/service/damaged.yml", "a: [\n")]);
    let reasons = [
        ("${ssm:/a}", "`ssm` needs the network"),
        ("${terraform:outputs:a}", "`terraform` needs the network"),
        ("${git:branch}", "`git` runs a program, which credenv does not do"),
        ("${file(config.ts):a}", "`config.ts` is code, which credenv does not run"),
        ("${secrets:a}", "`secrets` comes from a plugin, which is code that credenv does not run"),
        ("${env:NONE}", "`NONE` is not set"),
        ("${self:custom.none}", "there is no `custom.none`"),
        ("${param:none}", "there is no parameter `none`"),
        ("${opt:none}", "Serverless has no option `--none`"),
        ("${opt:region}", "`--region` is not given"),
        ("${file(none.txt)}", "`none.txt` does not exist or is empty"),
        ("${file(denied.yml):a}", "cannot read `/repository/service/denied.yml`"),
        ("${self:provider.profile}", "`provider.profile` refers to itself"),
        ("${opt:a, b}", "`b` is neither a source nor a literal"),
        ("${sls:instanceId}", "`sls:instanceId` is different in every run"),
        ("a-${self:provider}", "`provider.profile` refers to itself"),
        ("a-${opt:a, null}", "`null` is part of a text"),
        ("[a, b]", "it is a map or a list, not text"),
    ];
    for (expression, reason) in reasons {
        let told = told(&ask(&world, &aws(expression), None).answer);
        assert_eq!(told, format!("provider.profile: {reason}"), "{expression}");
    }
    let told = told(&ask(&world, &aws("${file(damaged.yml):a}"), None).answer);
    assert!(told.starts_with("provider.profile: `damaged.yml` is damaged in line "), "{told}");
}

#[test]
fn a_file_is_taken_in_from_the_repository_and_nowhere_else() {
    let mut world = world(&[
        ("/repository/shared.yml", "profile: shared"),
        ("/home/secret.yml", "profile: secret"),
        ("/repository/service/link.yml", "not read"),
    ]);
    world.links.insert("/repository/service/link.yml", "/home/secret.yml");
    let told = |name: &str| told(&ask(&world, &aws(&format!("${{file({name}):profile, 'fallen'}}")), None).answer);
    assert_eq!(told("../shared.yml"), "shared");
    assert_eq!(told("/repository/service/../shared.yml"), "shared");
    assert_eq!(told("../../home/none.yml"), "fallen");
    for outside in ["../../home/secret.yml", "/home/secret.yml", "link.yml", "a/../link.yml"] {
        let reason = format!("provider.profile: `{outside}` is outside the project and its repository");
        assert_eq!(told(outside), reason);
    }
    world.files.remove("/repository/.git/HEAD");
    let told = super::tests::told(&ask(&world, &aws("${file(../shared.yml):profile}"), None).answer);
    assert_eq!(told, "provider.profile: `../shared.yml` is outside the project and its repository");
}

#[test]
fn a_link_to_an_environment_file_outside_is_not_followed() {
    let mut world = world(&[("/home/.env", "A=secret"), ("/repository/service/.env", "not read")]);
    world.links.insert("/repository/service/.env", "/home/.env");
    let text = "useDotenv: true\n".to_owned() + &aws("${env:A}");
    let reason = "provider.profile: it is not known which `.env` files are read: `.env` is outside the project and \
                  its repository";
    assert_eq!(told(&ask(&world, &text, None).answer), reason);
}

#[test]
fn version_4_reads_both_environment_files_without_being_told_to() {
    let mut world =
        world(&[("/repository/service/.env", "A=any\nB=any\nC=$A\n"), ("/repository/service/.env.prod", "A=prod\n")]);
    world.variables.insert("D", "outside");
    let text = "frameworkVersion: ^4.2\n".to_owned() + &aws("${env:A}-${env:B}-${env:C}-${env:D}");
    assert_eq!(told(&ask(&world, &text, Some("prod")).answer), "prod-any-$A-outside");
    let text = text.replace("^4.2", "'>=3'");
    assert_eq!(told(&ask(&world, &text, Some("prod")).answer), "provider.profile: `A` is not set");
}

#[test]
fn version_4_takes_blanks_before_a_source() {
    assert_eq!(profile(&("service: s\nframeworkVersion: 4\n".to_owned() + &aws("${ self:service }"))), "s");
    assert_eq!(
        profile(&("service: s\nframeworkVersion: '3'\n".to_owned() + &aws("${ self:service }"))),
        "${ self:service }"
    );
}

const FOUR: &str = "\
stages:
  default:
    params: {profile: anyParam, region: eu-west-1}
    resolvers:
      main: {type: aws, profile: anyProfile, region: eu-north-1}
      vault: {type: vault, address: x}
  prod:
    params: {profile: prodParam}
    resolvers:
      main:
        type: aws
        profile: ${param:profile}-${sls:stage}
params:
  prod: {profile: older}
provider:
  name: aws
  region: us-east-1
";

#[test]
fn version_4_takes_the_profile_of_the_named_resolver() {
    let named = FOUR.to_owned() + "  resolver: main\n";
    let binding = ask(&world(&[]), &named, None);
    assert_eq!(origin(binding.answer.asked.profile.as_ref()).1, 5);
    assert_eq!(
        origin(binding.answer.asked.region.as_ref()),
        ("/repository/service/serverless.yml".to_owned(), 5, "eu-north-1")
    );
    assert_eq!(told(&binding.answer), "anyProfile");
    let stages: Vec<_> = binding.stages.iter().map(|(stage, answer)| stage.clone() + "=" + &told(answer)).collect();
    assert_eq!(stages, ["prod=prodParam-prod"]);
    assert_eq!(binding.stages[0].1.asked.region.as_ref().unwrap().text, "us-east-1");
}

#[test]
fn version_4_takes_the_only_resolver_of_aws() {
    assert_eq!(told(&ask(&world(&[]), FOUR, None).answer), "anyProfile");
    let several = "provider.resolver: several resolvers are of type `aws`, and `provider.resolver` names none";
    assert_eq!(told(&ask(&world(&[]), FOUR, Some("prod")).answer), several);
}

#[test]
fn version_4_refuses_a_profile_beside_a_resolver() {
    let both = FOUR.to_owned() + "  resolver: main\n  profile: own\n";
    let reason = "provider.profile: `provider.profile` and `provider.resolver` exclude each other";
    assert_eq!(told(&ask(&world(&[]), &both, None).answer), reason);
    assert_eq!(told(&ask(&world(&[]), &(FOUR.to_owned() + "  profile: own\n"), Some("prod")).answer), "own");
    let unknown = FOUR.to_owned() + "  resolver: other\n";
    assert_eq!(told(&ask(&world(&[]), &unknown, None).answer), "provider.resolver: there is no resolver `other`");
    let other = FOUR.to_owned() + "  resolver: vault\n";
    assert_eq!(
        told(&ask(&world(&[]), &other, None).answer),
        "provider.resolver: the resolver `vault` is not of type `aws`"
    );
}

#[test]
fn version_4_looks_for_a_parameter_under_stages_first() {
    let text = FOUR.to_owned() + "  profile: ${param:profile}\n";
    assert_eq!(told(&ask(&world(&[]), &text, None).answer), "anyParam");
    assert_eq!(told(&ask(&world(&[]), &text, Some("prod")).answer), "prodParam");
}

#[test]
fn a_damaged_file_is_an_error_with_its_place() {
    let world = world(&[]);
    let path = Path::new("/repository/service/serverless.yml");
    let error = |text: &str| {
        read(text.as_bytes(), path, &Question { stage: None, world: &world }).unwrap_err().message().to_owned()
    };
    assert!(error("a: b\nc: [\n").starts_with("cannot read `/repository/service/serverless.yml:"), "{}", error("a: ["));
    assert_eq!(error("- a\n"), "cannot read `/repository/service/serverless.yml`: it is not a map of settings");
    assert_eq!(error("a: !Foo b\n"), "cannot read `/repository/service/serverless.yml`: the tag `!Foo` is unknown");
}

#[test]
fn values_that_double_at_every_step_end_in_words() {
    let custom = each(40, |a, b| format!("  a{a}: '${{self:custom.a{b}}}${{self:custom.a{b}}}'\n"));
    let text = aws("${self:custom.a0}") + "custom:\n" + &custom + "  a40: xxxxxxxxxx\n";
    let told = profile(&text);
    assert!(told.starts_with("provider.profile: the text that the variables make is too long, at `custom.a"), "{told}");
}

#[test]
fn lists_that_double_at_every_step_end_in_words() {
    let custom = each(60, |a, b| format!("  a{a}: ['${{self:custom.a{b}}}', '${{self:custom.a{b}}}']\n"));
    let text = aws("x${self:custom.a0}") + "custom:\n" + &custom + "  a60: x\n";
    let told = profile(&text);
    assert!(told.starts_with("provider.profile: "), "{told}");
}

#[test]
fn a_chain_without_end_ends_in_words() {
    let custom = each(3_000, |a, b| format!("  a{a}: ${{self:custom.a{b}}}\n"));
    let text = aws("${self:custom.a0}") + "custom:\n" + &custom;
    let told = profile(&text);
    assert!(told.starts_with("provider.profile: the chain of variables is too long, at `custom.a"), "{told}");
    let world = world(&[("/repository/service/a.yml", "a: ${file(a.yml):a.b}\n")]);
    let told = super::tests::told(&ask(&world, &aws("${file(a.yml):a.b}"), None).answer);
    assert_eq!(told, "provider.profile: the chain of variables is too long");
}

#[test]
fn variables_in_one_another_without_end_end_in_words() {
    let told = profile(&aws(&("${self:".repeat(5_000) + "a" + &"}".repeat(5_000))));
    assert_eq!(told, "provider.profile: variables are nested more than 50 deep");
}

#[test]
fn a_map_of_very_many_stages_is_cut_off() {
    let custom = each(5_000, |stage, _| format!("  s{stage}: p{stage}\n"));
    let text = aws("${self:custom.${sls:stage}}") + "custom:\n" + &custom;
    assert_eq!(ask(&world(&[]), &text, None).stages.len(), super::STAGE_LIMIT);
}

#[test]
fn numbers_are_printed_as_javascript_prints_them() {
    let printed = [
        ("12", "12"),
        ("-012", "-12"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("-0", "0"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("0b11", "3"),
        ("1e21", "1e+21"),
        ("1e-7", "1e-7"),
        ("0.000001", "0.000001"),
        ("123456789012345678901", "123456789012345680000"),
        ("1e400", "Infinity"),
    ];
    for (word, expected) in printed {
        assert_eq!(number::parse(word).map(number::shown).as_deref(), Some(expected), "{word}");
    }
    for word in ["", "-", ".", ".inf", "1inf", "+-1", "1e", "1-2", "0x", "0xg", "-0x1", "inf", "nan", "1_0", "a"] {
        assert_eq!(number::parse(word), None, "{word}");
    }
}

#[test]
fn the_environment_files_are_read_as_dotenv_reads_them() {
    let text = "# note\nexport K=1\nA=1\n B = two # tail\nC='x # y'\nD=\"a\\nb\"\nE=`q`\nF=\nG\nA=2\nH=\"open\nI='a'b\nJAY: jay\n";
    let found = dotenv::parse(text).into_iter().map(|(name, value)| format!("{name}={value}"));
    let found: Vec<String> = found.collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(found, ["A=2", "B=two", "C=x # y", "D=a\nb", "E=q", "F=", "H=\"open", "I='a'b", "JAY=jay", "K=1"]);
}

#[test]
fn a_variable_that_holds_itself_ends_in_words() {
    let world = world(&[("/repository/service/.env", "A=x$B\nB=y$A\nC=$C\nD=d\n")]);
    let told = |name: &str| {
        let text = "useDotenv: true\n".to_owned() + &aws(&format!("${{env:{name}}}"));
        told(&ask(&world, &text, None).answer)
    };
    assert_eq!(told("A"), "provider.profile: the value of `A` refers to itself");
    assert_eq!(told("C"), "provider.profile: the value of `C` refers to itself");
    assert_eq!(told("D"), "d");
}

#[test]
fn a_large_environment_file_is_refused() {
    let told = |file: &str| {
        let world = world(&[("/repository/service/.env", file)]);
        told(&ask(&world, &("useDotenv: true\n".to_owned() + &aws("${env:A}")), None).answer)
    };
    let largest = "A=1\n".repeat(64 * 1024);
    assert_eq!(told(&largest), "1");
    let reason = "provider.profile: it is not known which `.env` files are read: `.env` is larger than 256 KiB";
    assert_eq!(told(&(largest + "\n")), reason);
}

#[test]
fn references_in_an_environment_file_are_followed_up_to_a_length() {
    let expand = |value: &str, given: &str| dotenv::expand(value, &|name| (name == "A").then(|| given.to_owned()));
    for (value, expected) in
        [("$A", "x"), ("<${A}>", "<x>"), ("${N:-d}e", "de"), ("$N.", "."), ("\\$A", "$A"), ("$A$A", "xx"), ("$", "$")]
    {
        assert_eq!(expand(value, "x").as_deref(), Some(expected), "{value}");
    }
    assert!(expand("$A", &"x".repeat(4096)).is_some());
    assert!(expand("$A", &"x".repeat(4097)).is_none());
}

#[test]
fn a_date_and_a_number_of_many_digits_are_what_js_yaml_makes_of_them() {
    let read = |text| plain::read(text).map(super::resolve::Scalar::into_text);
    for date in ["2024-01-31", "2024-02-29", "2000-02-29", "2023-02-28", "2024-12-31", "2024-04-30"] {
        assert_eq!(read(date), Some(format!("{date}T00:00:00.000Z")));
    }
    for other in
        ["2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-01", "2024-01-00", "2024-1-31", "", "-"]
    {
        assert_eq!(read(other), None, "{other}");
    }
    for (text, number) in [("0123", "123"), ("-007", "-7"), ("+7", "7")] {
        assert_eq!(read(text).as_deref(), Some(number));
    }
}

/// In the form of Serverless 3.40's own parser, which was asked about each of these.
fn meaning(text: &str) -> String {
    use serde_json::{Value as Json, json};

    use super::variables::{Argument, Literal, Meaning, Source, Variable};

    fn literal(literal: &Literal) -> Json {
        match literal {
            Literal::Null => Json::Null,
            Literal::Bool(value) => json!(value),
            Literal::Number(text) => serde_json::from_str(text).unwrap(),
            Literal::Text(text) => json!(text),
        }
    }
    fn argument(argument: &Argument) -> Json {
        match argument {
            Argument::Literal(value) => json!({ "value": literal(value) }),
            Argument::Text(text, variables) => json!({ "value": text, "variables": all(variables) }),
        }
    }
    fn source(source: &Source) -> Json {
        match source {
            Source::Literal(value) => json!({ "value": literal(value) }),
            Source::Named { name, parameters, address } => {
                let mut told = json!({ "type": name });
                if let Some(parameters) = parameters {
                    told["params"] = parameters.iter().map(argument).collect();
                }
                if let Some(address) = address {
                    told["address"] = argument(address);
                }
                told
            }
        }
    }
    fn all(variables: &[Variable]) -> Json {
        let one = |variable: &Variable| {
            let mut told = json!({});
            if let Some(span) = &variable.span {
                told = json!({ "start": span.start, "end": span.end });
            }
            match &variable.meaning {
                Meaning::Escaped(text) => told["value"] = json!(text),
                Meaning::Sources(sources) => told["sources"] = sources.iter().map(source).collect(),
            }
            told
        };
        variables.iter().map(one).collect()
    }
    match variables::parse(text, false) {
        Ok(variables) if variables.is_empty() => "null".to_owned(),
        Ok(variables) => all(&variables).to_string(),
        Err(error) => {
            let what = error.trim_start_matches("a variable is malformed: ");
            what.split(" can stand at character ").next().unwrap_or_default().to_owned()
        }
    }
}

#[test]
fn a_text_with_variables_means_what_it_means_to_serverless() {
    for (text, expected) in [
        ("${f(\n)}", r#"[{"sources":[{"type":"f","params":[]}]}]"#),
        ("${f(\n,a)}", r#"[{"sources":[{"type":"f","params":[{"value":null},{"value":"a"}]}]}]"#),
        ("${f(a), 'x'}", r#"[{"sources":[{"type":"f","params":[{"value":"a"}]},{"value":"x"}]}]"#),
        ("${f(a):, 'x'}", r#"[{"sources":[{"type":"f","params":[{"value":"a"}]},{"value":"x"}]}]"#),
        ("${self:, 'x'}", r#"[{"sources":[{"type":"self"},{"value":"x"}]}]"#),
        ("${self: , 'x'}", r#"[{"sources":[{"type":"self"},{"value":"x"}]}]"#),
        (
            "${f(${a:x}${b:y})}",
            r#"[{"sources":[{"type":"f","params":[{"value":"${a:x}${b:y}","variables":[{"start":0,"end":6,"sources":[{"type":"a","address":{"value":"x"}}]},{"start":6,"end":12,"sources":[{"type":"b","address":{"value":"y"}}]}]}]}]}]"#,
        ),
        (
            "${f(x${g(y)}z)}",
            r#"[{"sources":[{"type":"f","params":[{"value":"x${g(y)}z","variables":[{"start":1,"end":8,"sources":[{"type":"g","params":[{"value":"y"}]}]}]}]}]}]"#,
        ),
        (
            "${f(${g(y)}${h(z)}, w)}",
            r#"[{"sources":[{"type":"f","params":[{"value":"${g(y)}${h(z)}","variables":[{"start":0,"end":7,"sources":[{"type":"g","params":[{"value":"y"}]}]},{"start":7,"end":14,"sources":[{"type":"h","params":[{"value":"z"}]}]}]},{"value":"w"}]}]}]"#,
        ),
        (
            "${a:${b:c}${d:e}}",
            r#"[{"sources":[{"type":"a","address":{"value":"${b:c}${d:e}","variables":[{"start":0,"end":6,"sources":[{"type":"b","address":{"value":"c"}}]},{"start":6,"end":12,"sources":[{"type":"d","address":{"value":"e"}}]}]}}]}]"#,
        ),
        (
            "${f(u${g(y)}v):w${h(x)}z}",
            r#"[{"sources":[{"type":"f","params":[{"value":"u${g(y)}v","variables":[{"start":1,"end":8,"sources":[{"type":"g","params":[{"value":"y"}]}]}]}],"address":{"value":"w${h(x)}z","variables":[{"start":1,"end":8,"sources":[{"type":"h","params":[{"value":"x"}]}]}]}}]}]"#,
        ),
        (r"\\${", r#"[{"start":0,"end":2,"value":"\\"}]"#),
        (r"\${", r#"[{"start":0,"end":2,"value":"$"}]"#),
        ("${env:X", "a variable has no closing brace"),
        (r#"${a:"y"{}"#, "no address"),
        ("${self:$},file(a)", "a variable has no closing brace"),
        (
            r"\${${f(x, 'y')},",
            r#"[{"start":0,"end":2,"value":"$"},{"start":3,"end":15,"sources":[{"type":"f","params":[{"value":"x"},{"value":"y"}]}]}]"#,
        ),
        ("a${a(}_", "no parameter"),
        ("${self::", "null"),
        (r" ${a_:\", "null"),
        (r"a\$\\${.", r#"[{"start":3,"end":5,"value":"\\"}]"#),
        (r"\$${a:b}", r#"[{"start":2,"end":8,"sources":[{"type":"a","address":{"value":"b"}}]}]"#),
        ("$${a:b}", r#"[{"sources":[{"type":"a","address":{"value":"b"}}]}]"#),
        ("${ a., ${a:b}9", r#"[{"start":7,"end":13,"sources":[{"type":"a","address":{"value":"b"}}]}]"#),
        (r"${ }-\${", r#"[{"start":5,"end":7,"value":"$"}]"#),
        (r#"${"${a:b}"#, r#"[{"start":3,"end":9,"sources":[{"type":"a","address":{"value":"b"}}]}]"#),
        (r"${}\${", r#"[{"start":3,"end":5,"value":"$"}]"#),
        ("${${a:b}", r#"[{"start":2,"end":8,"sources":[{"type":"a","address":{"value":"b"}}]}]"#),
        ("${f(x, 'y'), $", "no source"),
        ("${a:b, c!d}", "no source"),
        ("${a:b, c-d:e}", "no source"),
        (r#"${env:X ",true.${a:b}"#, "no source"),
        ("${opt:stageopt:stage,f(x, 'y')", "a variable has no closing brace"),
        ("${file(a)a", "no address"),
        ("${a(A}, ", "no parameter"),
        ("${f(x, 'y')", "a variable has no closing brace"),
        ("${f(x, 'y')a", "no address"),
        (r#"$${file(a) \""#, "no address"),
        ("${afile(a), ", "a variable has no closing brace"),
        (r"${self:}\", r#"[{"start":0,"end":8,"sources":[{"type":"self"}]}]"#),
        (r"${a:, ,,{.\${", "no source"),
        ("${file(a)::,", "no address"),
        ("${self:'x' ", "a variable has no closing brace"),
        (r#"${self:"y"}"#, r#"[{"sources":[{"type":"self","address":{"value":"y"}}]}]"#),
        (r"\{${opt:stage\${ ", "no source name"),
        ("${${}", "null"),
        (r":\${", r#"[{"start":1,"end":3,"value":"$"}]"#),
        (r"{\\${", r#"[{"start":1,"end":3,"value":"\\"}]"#),
        (
            "${self:A$a${self:b}}",
            r#"[{"sources":[{"type":"self","address":{"value":"A$a${self:b}","variables":[{"start":3,"end":12,"sources":[{"type":"self","address":{"value":"b"}}]}]}}]}]"#,
        ),
        (r"-\\${$", r#"[{"start":1,"end":3,"value":"\\"}]"#),
        (r"\\\\\${a:b}", r#"[{"start":0,"end":6,"value":"\\\\$"}]"#),
        (r#"${f("a\"b")}"#, r#"[{"sources":[{"type":"f","params":[{"value":"a\"b"}]}]}]"#),
        (r#"${f("x" , 'y' )}"#, r#"[{"sources":[{"type":"f","params":[{"value":"x"},{"value":"y"}]}]}]"#),
        ("${a:'b' , 1}", r#"[{"sources":[{"type":"a","address":{"value":"b"}},{"value":1}]}]"#),
        ("${f(  )}", r#"[{"sources":[{"type":"f","params":[]}]}]"#),
        ("${f(,a)}", r#"[{"sources":[{"type":"f","params":[{"value":null},{"value":"a"}]}]}]"#),
        ("${a:b, true}", r#"[{"sources":[{"type":"a","address":{"value":"b"}},{"value":true}]}]"#),
        ("${a:b, false}", r#"[{"sources":[{"type":"a","address":{"value":"b"}},{"value":false}]}]"#),
        ("${a:b, null}", r#"[{"sources":[{"type":"a","address":{"value":"b"}},{"value":null}]}]"#),
        ("${a:b, 1.5}", r#"[{"sources":[{"type":"a","address":{"value":"b"}},{"value":1.5}]}]"#),
        ("${a:b, x}", "`x` is neither a source nor a literal"),
        ("${a:b, A:c}", "no source"),
        ("${a:b, a.b:c}", "no source"),
        (
            "${f(${a:b} , ${c:d}):${e:f}}",
            r#"[{"sources":[{"type":"f","params":[{"value":"${a:b}","variables":[{"sources":[{"type":"a","address":{"value":"b"}}]}]},{"value":"${c:d}","variables":[{"sources":[{"type":"c","address":{"value":"d"}}]}]}],"address":{"value":"${e:f}","variables":[{"sources":[{"type":"e","address":{"value":"f"}}]}]}}]}]"#,
        ),
        (
            "${a:b${c:d}e}",
            r#"[{"sources":[{"type":"a","address":{"value":"b${c:d}e","variables":[{"start":1,"end":7,"sources":[{"type":"c","address":{"value":"d"}}]}]}}]}]"#,
        ),
        (
            "${f(x${a:b}y, z)}",
            r#"[{"sources":[{"type":"f","params":[{"value":"x${a:b}y","variables":[{"start":1,"end":7,"sources":[{"type":"a","address":{"value":"b"}}]}]},{"value":"z"}]}]}]"#,
        ),
    ] {
        assert_eq!(meaning(text), expected, "{text}");
    }
}

/// Pieces that mean something in a text with variables.
fn text_of_pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "${",
        "}",
        "{",
        "$",
        "\\",
        "self:",
        "opt:stage",
        "env:A",
        "file(",
        ")",
        "(",
        ",",
        " ",
        "'",
        "\"",
        "a",
        "b.c",
        "1",
        "null",
        ":",
        "ssm:/x",
        "sls:stage",
        "custom.a",
        "param:p",
        "strToBool(",
        "true",
        "é",
        "\u{feff}",
        "~",
        "./a.yml",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader_of_variables(text in ".*", pieces in text_of_pieces()) {
        for text in [&text, &pieces] {
            for spaced in [false, true] {
                for variable in variables::parse(text, spaced).unwrap_or_default() {
                    if let Some(span) = variable.span {
                        prop_assert!(text.get(span).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn no_text_breaks_the_resolver(profile in text_of_pieces(), a in text_of_pieces(), file in text_of_pieces()) {
        let quote = |text: &str| serde_json::to_string(text).unwrap();
        let mut world = world(&[("/repository/service/a.yml", &format!("a: {}", quote(&file)))]);
        world.variables.insert("A", "${self:custom.a}");
        let text = format!(
            "useDotenv: true\nparams: {{default: {{p: {a}}}}}\ncustom: {{a: {a}, 'true': x}}\n\
             provider: {{name: aws, profile: {}, stage: {}}}\n",
            quote(&profile), quote(&file), a = quote(&a),
        );
        let binding = ask(&world, &text, None);
        let asked = &binding.answer.asked;
        prop_assert!(asked.profile.as_ref().is_none_or(|said| said.origin.line > 0));
    }

    #[test]
    fn no_text_breaks_the_reader_of_environment_files(text in "([A-Z$'\"`=#:{}\\\\ \n\t-]|export |é){0,60}") {
        for (_, value) in dotenv::parse(&text) {
            dotenv::expand(&value, &|name| (name == "A").then(|| "$A ${B:-c}".to_owned()));
        }
    }
}
