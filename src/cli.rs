//! Every command, flag and help text, and no logic.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum, ValueHint};

use crate::core::profile::Kind;
use crate::shells::{self, completion};

/// Which AWS identity will the next command use? credenv answers it, and switches it.
#[derive(Debug, Parser)]
#[command(name = "credenv", version, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(after_help = "Start here: put `eval \"$(credenv init bash)\"` into ~/.bashrc (zsh, fish, sh, ksh, mksh and \
                        yash likewise), then type `credenv use PROFILE`.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Switch this shell to a profile
    // Our wrapper passes flags that nobody typed: the usage line is not to speak of them.
    #[command(override_usage = "credenv use [OPTIONS] [PROFILE]\n       credenv use [OPTIONS] --stage <STAGE>")]
    #[command(after_help = "Example: eval \"$(credenv use prodProfile)\" && serverless deploy --stage prod")]
    Use(UseArgs),
    /// Undo everything credenv did in this shell
    #[command(override_usage = "credenv off [OPTIONS]")]
    #[command(after_help = "Example: eval \"$(credenv off)\"")]
    Off(OffArgs),
    /// Drop the choice made by hand and follow the directory
    #[command(override_usage = "credenv auto [OPTIONS]")]
    #[command(after_help = "Example: eval \"$(credenv auto)\"")]
    Auto(OffArgs),
    /// Run a command under a profile, under several, or under what this directory asks for
    #[command(after_help = "Example: credenv exec prodProfile -- aws sts get-caller-identity")]
    Exec(ExecArgs),
    /// List the profiles
    #[command(after_help = "Example: credenv list --long")]
    List(ListArgs),
    /// Show what the AWS files say of a profile
    #[command(after_help = "Example: credenv show prodProfile")]
    Show(ShowArgs),
    /// Tell what is active and who decided it
    #[command(after_help = "Example: credenv status")]
    Status(StatusArgs),
    /// Tell for each variable the line or the command behind it
    #[command(after_help = "Example: credenv why AWS_REGION")]
    Why(WhyArgs),
    /// Write down in `.credenv.yml` which profile this directory uses
    #[command(after_help = "Example: credenv link prodProfile --stage prod")]
    Link(LinkArgs),
    /// Add or edit a profile in the AWS files
    #[command(override_usage = "credenv configure [OPTIONS] <PROFILE>")]
    #[command(after_help = "Example: credenv configure prodProfile --role-arn arn:aws:iam::123456789012:role/Deploy \
                            --source-profile devProfile")]
    Configure(Box<ConfigureArgs>),
    /// Tell what is wrong in the AWS files or will surprise
    #[command(after_help = "Example: credenv doctor")]
    Doctor(DoctorArgs),
    /// Show what the project file of this directory asks for
    #[command(after_help = "Example: credenv project --stage prod")]
    Project(ProjectArgs),
    /// Show what a project file asks for, and allow it
    #[command(after_help = "Example: credenv allow")]
    Allow(TrustArgs),
    /// Refuse a project file for good
    #[command(after_help = "Example: credenv deny serverless.yml")]
    Deny(TrustArgs),
    /// Print the lines for a shell's start-up file
    #[command(after_help = "Example: eval \"$(credenv init bash)\"")]
    Init(InitArgs),
    /// Print the completion script for a shell
    #[command(after_help = "Example: credenv completions zsh > ~/.zfunc/_credenv")]
    Completions(CompletionsArgs),
    /// What a shell evaluates at its prompt
    #[command(hide = true)]
    Hook(HookArgs),
    /// What could stand in a command line; read by hand alone, because the words behind it are anybody's.
    #[command(skip)]
    Complete(CompleteArgs),
}

/// For which shell to write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ShellArgs {
    /// The shell that evaluates the output; told by the parent process if left out
    #[arg(long, value_name = "SHELL", value_parser = shell_names())]
    pub shell: Option<String>,
    /// Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions
    #[arg(long, hide = true)]
    pub wrapper: bool,
}

/// Certificates to trust, instead of those of the profile or the project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CertificateArgs {
    /// Trust the certificates in that file, by their text; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub ca: Vec<PathBuf>,
    /// Trust the certificates in that file, by its path; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub cafile: Vec<PathBuf>,
}

/// `use`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct UseArgs {
    /// The profile, or `-` for the one before; picked from a list if left out
    #[arg(value_name = "PROFILE", conflicts_with = "stage")]
    pub profile: Option<String>,
    /// The profile that the project in this directory has for that stage
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    /// The region, instead of the profile's own
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Export keys instead of a name, for tools that cannot follow the profile
    #[arg(long)]
    pub creds: bool,
    /// Certificates to trust, for the tools that take them.
    #[command(flatten)]
    pub certificates: CertificateArgs,
    /// Hold across `cd` into projects
    #[arg(long)]
    pub keep: bool,
    /// Enter a protected profile without a question
    #[arg(long, short)]
    pub yes: bool,
    /// For which shell to write.
    #[command(flatten)]
    pub shell: ShellArgs,
}

impl UseArgs {
    /// Whether it is to be asked on the terminal which profile it shall be.
    #[must_use]
    pub fn is_to_be_picked(&self) -> bool {
        self.profile.is_none() && self.stage.is_none()
    }
}

/// `off`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct OffArgs {
    /// For which shell to write.
    #[command(flatten)]
    pub shell: ShellArgs,
}

/// `exec`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ExecArgs {
    /// The profile, or a pattern for several, `*` being any text; what this directory asks for if left out
    #[arg(value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Of several profiles, run none after the first under which the command fails
    #[arg(long)]
    pub fail_fast: bool,
    /// The stage of the project in this directory
    #[arg(long, value_name = "STAGE", conflicts_with = "profile")]
    pub stage: Option<String>,
    /// The region, instead of the profile's own
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Pass keys instead of a name, for tools that cannot follow the profile
    #[arg(long)]
    pub creds: bool,
    /// Certificates to trust, for the tools that take them.
    #[command(flatten)]
    pub certificates: CertificateArgs,
    /// Enter protected profiles without a question
    #[arg(long, short)]
    pub yes: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// In which order profiles are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// That of the files
    File,
    /// By name
    Name,
    /// By kind
    Kind,
    /// By account and role
    Account,
    /// By region
    Region,
    /// What ends first
    Expiry,
}

/// `list`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ListArgs {
    /// Only profiles whose name holds this, or fits it where it has a `*`
    #[arg(value_name = "PATTERN")]
    pub pattern: Option<String>,
    /// Only profiles of that kind
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::as_str)))]
    pub kind: Option<String>,
    /// In that order; those alike stay in the order of the files
    #[arg(long, value_name = "KEY", value_enum, default_value = "file", hide_default_value = true)]
    pub sort: Sort,
    /// With kind, account, role, region, until when and where it stands
    #[arg(long, short)]
    pub long: bool,
    /// As JSON
    #[arg(long, conflicts_with = "long")]
    pub json: bool,
}

/// `show`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ShowArgs {
    /// The profile; the active one if left out
    #[arg(value_name = "PROFILE")]
    pub profile: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `status`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct StatusArgs {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `why`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WhyArgs {
    /// The variable; all that are managed if left out
    #[arg(value_name = "VAR")]
    pub variable: Option<String>,
}

/// `link`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct LinkArgs {
    /// The profile
    #[arg(value_name = "PROFILE")]
    pub profile: String,
    /// The stage that uses it; all that name no profile of their own if left out
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
}

/// `configure`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[allow(clippy::struct_excessive_bools)] // a flag is a bool
pub struct ConfigureArgs {
    /// The profile
    #[arg(value_name = "PROFILE", required_unless_present = "profile_flag", conflicts_with = "profile_flag")]
    pub profile: Option<String>,
    /// The access key id
    #[arg(long, alias = "key", value_name = "ID")]
    pub access_key_id: Option<String>,
    /// Read the secret access key from stdin, and a session token from its second line
    #[arg(long)]
    pub secret_stdin: bool,
    /// The region
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The output format of the AWS CLI
    #[arg(long, value_name = "FORMAT")]
    pub output: Option<String>,
    /// The role to assume
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// The profile whose credentials assume the role
    #[arg(long, value_name = "PROFILE")]
    pub source_profile: Option<String>,
    /// Where the credentials that assume the role are, without a profile
    #[arg(long, value_name = "SOURCE", hide_possible_values = true)]
    #[arg(value_parser = ["Environment", "Ec2InstanceMetadata", "EcsContainer"])]
    pub credential_source: Option<String>,
    /// The device whose code the role asks for
    #[arg(long, value_name = "ARN")]
    pub mfa_serial: Option<String>,
    /// The sso-session to sign in with
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
    /// The start page of IAM Identity Center
    #[arg(long, value_name = "URL")]
    pub sso_start_url: Option<String>,
    /// The region of IAM Identity Center
    #[arg(long, value_name = "REGION")]
    pub sso_region: Option<String>,
    /// The account to sign in to
    #[arg(long, value_name = "ACCOUNT")]
    pub sso_account_id: Option<String>,
    /// The role in that account
    #[arg(long, value_name = "ROLE")]
    pub sso_role_name: Option<String>,
    /// The file that holds a web identity token
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub web_identity_token_file: Option<String>,
    /// The command that prints credentials
    #[arg(long, value_name = "COMMAND")]
    pub credential_process: Option<String>,
    /// The certificates to trust
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_bundle: Option<String>,
    /// Any other property; `KEY.KEY=VALUE` for one below another
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Take a property away
    #[arg(long, value_name = "KEY")]
    pub unset: Vec<String>,
    /// Give the profile another name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["copy", "remove"])]
    pub rename: Option<String>,
    /// Copy the profile to another name
    #[arg(long, value_name = "NAME", conflicts_with = "remove")]
    pub copy: Option<String>,
    /// Take the profile away
    #[arg(long)]
    pub remove: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// What `serverless config credentials` calls the profile.
    #[arg(long = "profile", short = 'p', value_name = "PROFILE", hide = true)]
    pub profile_flag: Option<String>,
    /// What `serverless config credentials` asks for.
    #[arg(long, value_name = "PROVIDER", hide = true, value_parser = ["aws"])]
    pub provider: Option<String>,
    /// What `serverless config credentials` calls the secret access key.
    #[arg(long, short, value_name = "SECRET", hide = true, conflicts_with = "secret_stdin")]
    pub secret: Option<String>,
    /// What `serverless config credentials` asks for before it replaces keys.
    #[arg(long, short, hide = true)]
    pub overwrite: bool,
}

/// `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct DoctorArgs {
    /// Which identity each AWS program would use here, and why
    #[arg(long)]
    pub who: bool,
    /// The stage of the Serverless project here, with `--who`
    #[arg(long, value_name = "STAGE", requires = "who")]
    pub stage: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `project`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ProjectArgs {
    /// The stage, instead of the project's own
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `allow`, `deny`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct TrustArgs {
    /// The file, or its directory; the nearest if left out
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// `hook`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct HookArgs {
    /// For which shell to write.
    #[command(flatten)]
    pub shell: ShellArgs,
    /// What the shell was told to hand back; `fresh` the first time.
    #[arg(value_name = "MEMORY")]
    pub memory: Option<String>,
    /// The directory, as the shell calls it.
    #[arg(value_name = "DIRECTORY")]
    pub directory: Option<OsString>,
}

/// `init`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct InitArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = hooked_shell_names())]
    pub shell: String,
}

/// `completions`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = completed_shell_names())]
    pub shell: String,
}

/// `__complete`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompleteArgs {
    /// How it is asked.
    pub form: CompleteForm,
    /// Which of the words is completed; it may stand one behind the last.
    pub index: usize,
    /// The words of the command line, `credenv` being the first.
    pub words: Vec<OsString>,
}

/// How a shell asks for candidates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CompleteForm {
    /// Those that begin with what was typed.
    #[default]
    Fitting,
    /// All that could stand there: the shell chooses among them by the person's own rules.
    All,
    /// By the variable in which tcsh hands over the line, and without descriptions.
    Tcsh,
}

fn shell_names() -> PossibleValuesParser {
    names_of(|_| true)
}

fn hooked_shell_names() -> PossibleValuesParser {
    names_of(|dialect| dialect.hook().is_some())
}

fn completed_shell_names() -> PossibleValuesParser {
    let names = completion::SCRIPTS.iter().map(|script| PossibleValue::new(script.shell).aliases(script.aliases));
    PossibleValuesParser::new(names.collect::<Vec<_>>())
}

fn names_of(wanted: fn(&dyn shells::Dialect) -> bool) -> PossibleValuesParser {
    let dialects = shells::DIALECTS.iter().filter(|dialect| wanted(**dialect));
    let names = dialects.map(|dialect| PossibleValue::new(dialect.name()).aliases(dialect.aliases()));
    PossibleValuesParser::new(names.collect::<Vec<_>>())
}

/// Whether stdout of the command is evaluated by a shell, so that a failure must fail there too.
#[must_use]
pub fn is_evaluated(arguments: &[OsString]) -> bool {
    arguments.first().is_some_and(|first| first == "use" || first == "off" || first == "auto")
}

/// The shell named in the arguments, looked up without parsing them, for the failing statement of a wrong command
/// line.
#[must_use]
pub fn shell_in(arguments: &[OsString]) -> Option<&str> {
    let mut arguments = arguments.iter().map(OsString::as_os_str).map(OsStr::to_str);
    arguments
        .find_map(|argument| match argument {
            Some("--shell") => Some(None),
            Some(text) => text.strip_prefix("--shell=").map(Some),
            None => None,
        })?
        .or_else(|| arguments.next().flatten())
}

/// Reads the command line. The plain forms of `use`, which stand in scripts and prompts, are read by hand: building
/// clap's tables takes longer than the whole of their work. A test holds that both readings agree.
pub fn parse(arguments: &[OsString]) -> Result<Command, clap::Error> {
    let plain = plain_use(arguments).or_else(|| plain_hook(arguments)).or_else(|| plain_init(arguments));
    if let Some(command) = plain.or_else(|| complete(arguments)) {
        return Ok(command);
    }
    let program = OsString::from("credenv");
    Cli::try_parse_from(std::iter::once(&program).chain(arguments)).map(|cli| cli.command)
}

/// `use [--wrapper] [--shell SHELL] [--region REGION] [--keep] [--yes] (PROFILE | --stage STAGE)`, each in any place,
/// or nothing.
#[must_use]
pub fn plain_use(arguments: &[OsString]) -> Option<Command> {
    let mut words = arguments.iter().map(|argument| argument.to_str());
    if words.next()?? != "use" {
        return None;
    }
    let mut parsed = UseArgs::default();
    while let Some(word) = words.next() {
        match word? {
            "--wrapper" if !parsed.shell.wrapper => parsed.shell.wrapper = true,
            "--stage" if parsed.stage.is_none() && parsed.profile.is_none() => {
                let stage = words.next()??;
                if stage.starts_with('-') {
                    return None;
                }
                parsed.stage = Some(stage.to_owned());
            }
            "--keep" if !parsed.keep => parsed.keep = true,
            "--yes" if !parsed.yes => parsed.yes = true,
            "--shell" if parsed.shell.shell.is_none() => {
                let name = words.next()??;
                shells::named(name)?;
                parsed.shell.shell = Some(name.to_owned());
            }
            "--region" if parsed.region.is_none() => {
                let region = words.next()??;
                if region.starts_with('-') {
                    return None;
                }
                parsed.region = Some(region.to_owned());
            }
            profile
                if parsed.profile.is_none()
                    && parsed.stage.is_none()
                    && (profile == "-" || !profile.starts_with('-')) =>
            {
                parsed.profile = Some(profile.to_owned());
            }
            _ => return None,
        }
    }
    (parsed.profile.is_some() || parsed.stage.is_some()).then_some(Command::Use(parsed))
}

/// `hook --shell SHELL MEMORY DIRECTORY`, in that order, as our hooks write it.
#[must_use]
pub fn plain_hook(arguments: &[OsString]) -> Option<Command> {
    let [hook, flag, name, memory, directory] = arguments else { return None };
    let (name, memory) = (name.to_str()?, memory.to_str()?);
    if hook != "hook" || flag != "--shell" || memory.starts_with('-') {
        return None;
    }
    shells::named(name)?;
    if directory.as_encoded_bytes().first() != Some(&b'/') {
        return None;
    }
    let shell = ShellArgs { shell: Some(name.to_owned()), wrapper: false };
    Some(Command::Hook(HookArgs { shell, memory: Some(memory.to_owned()), directory: Some(directory.clone()) }))
}

/// `init SHELL`, which every shell runs at its start.
#[must_use]
pub fn plain_init(arguments: &[OsString]) -> Option<Command> {
    let [init, name] = arguments else { return None };
    let shell = name.to_str().filter(|_| init == "init")?;
    shells::named(shell)?.hook()?;
    Some(Command::Init(InitArgs { shell: shell.to_owned() }))
}

/// `__complete [--all] INDEX WORD…`, or `__complete --tcsh`. What is neither asks for nothing.
#[must_use]
pub fn complete(arguments: &[OsString]) -> Option<Command> {
    let (first, rest) = arguments.split_first()?;
    if first != "__complete" {
        return None;
    }
    let (form, rest) = match rest.split_first() {
        Some((flag, rest)) if flag == "--all" => (CompleteForm::All, rest),
        Some((flag, rest)) if flag == "--tcsh" => (CompleteForm::Tcsh, rest),
        _ => (CompleteForm::Fitting, rest),
    };
    let (index, words) = match rest.split_first() {
        Some((index, words)) => (index.to_str().and_then(|index| index.parse().ok()).unwrap_or(0), words.to_vec()),
        None => (0, Vec::new()),
    };
    Some(Command::Complete(CompleteArgs { form, index, words }))
}

/// The definitions above.
#[must_use]
pub fn definitions() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn reading_init_by_hand_and_by_clap_agree() {
        for name in shells::DIALECTS.iter().flat_map(|dialect| [&[dialect.name()][..], dialect.aliases()].concat()) {
            let arguments = ["init", name].map(OsString::from);
            let clap = Cli::try_parse_from(std::iter::once(&OsString::from("credenv")).chain(&arguments));
            assert_eq!(plain_init(&arguments), clap.ok().map(|cli| cli.command), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn reading_use_by_hand_and_by_clap_agree(
            words in prop::collection::vec(
                prop_oneof![
                    Just("--shell"), Just("--region"), Just("--keep"), Just("--yes"), Just("--wrapper"), Just("-"),
                    Just("bash"), Just("dash"), Just("--stage"), Just("nosuch"), Just("eu-west-1"), Just("--"), Just("-x"), Just("-y"),
                    Just(""), Just("--region=eu"), Just("prod Profile"), Just("--creds"), Just("a=b"), Just("--ca"), Just("--cafile"),
                ],
                0..7,
            )
        ) {
            let arguments: Vec<OsString> = std::iter::once("use").chain(words).map(OsString::from).collect();
            if let Some(command) = plain_use(&arguments) {
                let program = OsString::from("credenv");
                let clap = Cli::try_parse_from(std::iter::once(&program).chain(&arguments));
                prop_assert_eq!(clap.map(|cli| cli.command).map_err(|error| error.to_string()), Ok(command));
            }
        }
    }
}
