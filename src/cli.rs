//! Every command, flag and help text, and no logic.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValue, PossibleValuesParser};
use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum, ValueHint};

use crate::core::profile::Kind;
use crate::shells::{self, completion};

/// Which AWS identity will the next command use? credenv shows it, and switches it
///
/// Several AWS variables name an identity, and the AWS tools do not agree on which of them wins. A switch sets the one
/// that names the profile, removes every other one, and remembers what was there, so that `credenv off` brings it back.
/// With one line in the start-up file of your shell, `credenv use` changes the shell it is typed in, and entering a
/// project switches to the profile that its project file asks for, once you have allowed it.
#[derive(Debug, Parser)]
#[command(name = "credenv", version, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(disable_help_flag = true, help_template = COMMANDS)]
#[command(override_usage = "credenv [-h | --help] [-V | --version] <COMMAND> [OPTIONS]")]
#[command(after_help = "Example: eval \"$(credenv init bash)\"  # in ~/.bashrc, once\n         \
                        credenv use prodProfile      # from then on")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    // `-h` and `--help` show the same: one screen. What does not fit there is in the man page.
    /// Print help
    #[arg(long, short, global = true, action = ArgAction::HelpShort, display_order = 99)]
    help: Option<bool>,
}

/// The help of credenv itself: every command, in one screen.
const COMMANDS: &str = "{about}\n\n{usage-heading} {usage}\n\n{subcommands}{after-help}";

/// The help of `configure`: two dozen flags, by what they are for. Each has its sentence in the man page.
const FLAGS_OF_CONFIGURE: &str = "\
{about}

{usage-heading} {usage}

Keys:           --access-key-id <ID>, and --secret-stdin to read the secret
Role:           --role-arn <ARN>, --mfa-serial <ARN>, and what assumes it:
                --source-profile <PROFILE> or --credential-source <SOURCE>
SSO:            --sso-account-id <ACCOUNT> --sso-role-name <ROLE>, and either
                --sso-session <SESSION> or --sso-start-url <URL>,
                --sso-region <REGION>
Web identity:   --web-identity-token-file <FILE> --role-arn <ARN>
Program:        --credential-process <COMMAND>
With any kind:  --region <REGION>, --output <FORMAT>, --ca-bundle <FILE>,
                --set <KEY=VALUE> and --unset <KEY> for any other property
Whole profile:  --rename <NAME>, --copy <NAME>, --remove
Look first:     --dry-run shows what would change, and changes nothing
Help:           -h, --help; `man credenv-configure` explains every option{after-help}";

/// The commands.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Switch this shell to a profile
    ///
    /// Sets `AWS_PROFILE`, and the two region variables when the region is known, and removes every variable that would
    /// name another identity: keys, `AWS_DEFAULT_PROFILE`, web identity. What is removed comes back with `credenv off`.
    /// What you choose holds where you choose it: in the project you are in, or outside any project. `--keep` makes it
    /// hold everywhere. Without a profile and without `--stage`, a list opens on the terminal: type to search, Enter to
    /// switch, Esc to leave everything as it was.
    // Our wrapper passes flags that nobody typed: the usage line is not to speak of them.
    #[command(override_usage = "credenv use [OPTIONS] [PROFILE]\n       credenv use [OPTIONS] --stage <STAGE>")]
    #[command(after_help = "Example: eval \"$(credenv use prodProfile)\" && serverless deploy --stage prod")]
    Use(UseArgs),
    /// Undo everything credenv did in this shell
    ///
    /// The environment is what it was before the first switch; a variable that you changed yourself since stays as you
    /// left it. Typed in a project, it also stops that project from being followed in this shell until `credenv auto`.
    #[command(override_usage = "credenv off [OPTIONS]")]
    #[command(after_help = "Example: eval \"$(credenv off)\"")]
    Off(OffArgs),
    /// Forget the profile chosen by hand, and follow the directory again
    #[command(override_usage = "credenv auto [OPTIONS]")]
    #[command(after_help = "Example: eval \"$(credenv auto)\"")]
    Auto(OffArgs),
    /// Run one command under a profile, or under several in turn
    ///
    /// Changes nothing in this shell. Without a profile, the command runs under what the project file of this directory
    /// asks for. With a pattern, it runs under every profile that matches, one after the other. The exit status is that
    /// of the command (with a pattern, of the first run that failed), 126 when the command cannot be run, and 127 when
    /// it does not exist.
    #[command(after_help = "Example: credenv exec prodProfile -- aws sts get-caller-identity")]
    Exec(ExecArgs),
    /// List your profiles
    #[command(after_help = "Example: credenv list --long 'dev-*'")]
    List(ListArgs),
    /// Show what the AWS files say about a profile
    #[command(after_help = "Example: credenv show prodProfile")]
    Show(ShowArgs),
    /// Show which identity is active, why, and until when
    #[command(after_help = "Example: credenv status")]
    Status(StatusArgs),
    /// Show where the value of each AWS variable comes from
    #[command(after_help = "Example: credenv why AWS_REGION")]
    Why(WhyArgs),
    /// Write the profile of this directory to its `.credenv.yml`
    #[command(after_help = "Example: credenv link prodProfile --stage prod")]
    Link(LinkArgs),
    /// Add, edit, rename, copy or remove a profile in the AWS files
    ///
    /// Keys go to the credentials file, everything else to the config file. Nothing else in them changes: comments,
    /// order and blank lines stay. On a terminal, what is missing is asked for, and a secret is not shown while it is
    /// typed; a secret is never taken from the arguments, because others can read those.
    #[command(override_usage = "credenv configure <PROFILE> [OPTIONS]", help_template = FLAGS_OF_CONFIGURE)]
    #[command(after_help = "Example: credenv configure prodProfile --region eu-west-1 --dry-run")]
    Configure(Box<ConfigureArgs>),
    /// Find what is wrong, or may surprise you, in your AWS setup
    ///
    /// Looks at the AWS files, the environment, the project file, the shell integration and the AWS programs in `PATH`.
    /// Each finding says where it is, which programs it affects and what to do. Nothing is changed, and nothing is asked
    /// over the network. The exit status is 1 when there is a problem; with `--who`, when the programs would not all use
    /// the same identity.
    #[command(after_help = "Example: credenv doctor --who")]
    Doctor(DoctorArgs),
    /// Show what the project file of this directory asks for
    ///
    /// Stage by stage, with the line that says so, and whether you have allowed the file. Nothing is changed. The exit
    /// status is 1 when there is no project file.
    #[command(after_help = "Example: credenv project --stage prod")]
    Project(ProjectArgs),
    /// Show what a project file asks for, and allow it
    ///
    /// A project file that was never allowed is not even read. What is allowed is what the file asks for in every stage,
    /// not its text: an edit that changes the identity must be allowed again, any other edit need not.
    #[command(after_help = "Example: credenv allow")]
    Allow(TrustArgs),
    /// Refuse a project file for good
    #[command(after_help = "Example: credenv deny serverless.yml")]
    Deny(TrustArgs),
    /// Print the lines that load credenv into a shell
    ///
    /// One line in the start-up file of the shell evaluates them. From then on `credenv use` changes the shell it is
    /// typed in, projects are followed as you enter them, and Tab completes what you type. `--install` adds that line to
    /// the file that the shell reads, and `--uninstall` takes it away again; both show the change and ask first. Nothing
    /// else in the file changes.
    #[command(override_usage = "credenv init <SHELL>\n       credenv init --install [SHELL] [OPTIONS]\n       \
                                credenv init --uninstall [SHELL] [OPTIONS]")]
    #[command(after_help = shells_and("eval \"$(credenv init bash)\"  # in ~/.bashrc", hooked_shells()))]
    Init(InitArgs),
    /// Print the completion script of a shell
    ///
    /// Only for shells without the integration: `credenv init` brings completion along where it can.
    #[command(after_help = shells_and("credenv completions zsh >~/.zfunc/_credenv", completed_shells()))]
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
    /// The shell to write for; detected if left out
    #[arg(long, value_name = "SHELL", value_parser = named(shells_where(|_| true)), hide_possible_values = true)]
    pub shell: Option<String>,
    /// Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions
    #[arg(long, hide = true)]
    pub wrapper: bool,
}

/// Certificates to trust, instead of those of the profile or the project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CertificateArgs {
    /// Trust these certificates, passed on as text
    #[arg(long, value_name = "FILE")]
    pub ca: Vec<PathBuf>,
    /// Trust these certificates, passed on as a path
    #[arg(long, value_name = "FILE")]
    pub cafile: Vec<PathBuf>,
}

/// `use`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct UseArgs {
    /// The profile, `-` for the previous one, nothing to pick from a list
    #[arg(value_name = "PROFILE", conflicts_with = "stage")]
    pub profile: Option<String>,
    /// The profile that the project here uses for this stage
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    /// The region, instead of the profile's own
    #[arg(long, value_name = "REGION", value_parser = NonEmptyStringValueParser::new())]
    pub region: Option<String>,
    /// Export keys, for tools that cannot follow the profile
    #[arg(long)]
    pub creds: bool,
    /// Certificates to trust, for the tools that take them.
    #[command(flatten)]
    pub certificates: CertificateArgs,
    /// Stay on this profile in every project you enter
    #[arg(long)]
    pub keep: bool,
    /// Switch to a protected profile without asking
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
    /// A profile or a pattern like `dev-*`; if left out, the project's
    #[arg(value_name = "PROFILE")]
    pub profile: Option<String>,
    /// With a pattern: stop after the first run that fails
    #[arg(long)]
    pub fail_fast: bool,
    /// The stage of the project here
    #[arg(long, value_name = "STAGE", conflicts_with = "profile")]
    pub stage: Option<String>,
    /// The region, instead of the profile's own
    #[arg(long, value_name = "REGION", value_parser = NonEmptyStringValueParser::new())]
    pub region: Option<String>,
    /// Pass keys, for tools that cannot follow the profile
    #[arg(long)]
    pub creds: bool,
    /// Certificates to trust, for the tools that take them.
    #[command(flatten)]
    pub certificates: CertificateArgs,
    /// Use protected profiles without asking
    #[arg(long, short)]
    pub yes: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// In which order profiles are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// In the order of the files
    File,
    /// By name
    Name,
    /// By kind
    Kind,
    /// By account and role
    Account,
    /// By region
    Region,
    /// By expiry, the earliest first
    Expiry,
}

/// `list`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ListArgs {
    /// Only names that contain this, or match it if it has a `*`
    #[arg(value_name = "PATTERN")]
    pub pattern: Option<String>,
    /// Only this kind: role, sso, static, web-identity, …
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::as_str)))]
    #[arg(hide_possible_values = true)]
    pub kind: Option<String>,
    /// By file (default), name, kind, account, region or expiry
    #[arg(long, value_name = "KEY", value_enum, default_value = "file", hide_default_value = true)]
    #[arg(hide_possible_values = true)]
    pub sort: Sort,
    /// Also show kind, account, role, region, expiry and file
    #[arg(long, short)]
    pub long: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "long")]
    pub json: bool,
}

/// `show`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ShowArgs {
    /// The profile; the active one if left out
    #[arg(value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `status`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `why`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WhyArgs {
    /// The variable; every AWS variable that is set if left out
    #[arg(value_name = "VAR")]
    pub variable: Option<String>,
}

/// `link`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct LinkArgs {
    /// The profile
    #[arg(value_name = "PROFILE")]
    pub profile: String,
    /// Only for this stage
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
}

/// `configure`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[allow(clippy::struct_excessive_bools)] // a flag is a bool
pub struct ConfigureArgs {
    /// The profile
    #[arg(value_name = "PROFILE", conflicts_with = "profile_flag")]
    #[arg(required_unless_present_any = ["profile_flag", "provider"])]
    pub profile: Option<String>,
    /// The access key ID
    #[arg(long, alias = "key", short_alias = 'k', value_name = "ID")]
    pub access_key_id: Option<String>,
    /// Read the secret access key from stdin, and a session token from a second line
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
    /// Where the credentials that assume the role come from, instead of a profile
    #[arg(long, value_name = "SOURCE", hide_possible_values = true)]
    #[arg(value_parser = ["Environment", "Ec2InstanceMetadata", "EcsContainer"])]
    pub credential_source: Option<String>,
    /// The MFA device whose code the role asks for
    #[arg(long, value_name = "ARN")]
    pub mfa_serial: Option<String>,
    /// The `sso-session` to sign in with
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
    /// The start URL of IAM Identity Center
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
    /// A command that prints credentials
    #[arg(long, value_name = "COMMAND")]
    pub credential_process: Option<String>,
    /// A file of certificates to trust
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_bundle: Option<String>,
    /// Set any other property; `KEY.KEY=VALUE` for a nested one; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Remove a property; repeatable
    #[arg(long, value_name = "KEY")]
    pub unset: Vec<String>,
    /// Rename the profile
    #[arg(long, value_name = "NAME", conflicts_with_all = ["copy", "remove"])]
    pub rename: Option<String>,
    /// Copy the profile under another name
    #[arg(long, value_name = "NAME", conflicts_with = "remove")]
    pub copy: Option<String>,
    /// Remove the profile
    #[arg(long)]
    pub remove: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// What `serverless config credentials` calls the profile.
    #[arg(long = "profile", short = 'n', value_name = "PROFILE", hide = true)]
    pub profile_flag: Option<String>,
    /// What `serverless config credentials` asks for.
    #[arg(long, short, value_name = "PROVIDER", hide = true, value_parser = ["aws"])]
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
    /// Show which identity each AWS program uses here, and why
    #[arg(long)]
    pub who: bool,
    /// With `--who`: the stage of the Serverless project here
    #[arg(long, value_name = "STAGE", requires = "who")]
    pub stage: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `project`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ProjectArgs {
    /// The stage, instead of the project's own
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `allow`, `deny`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct TrustArgs {
    /// The file, or its directory; the nearest project file if left out
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct InitArgs {
    /// The shell; with `--install`, detected if left out
    #[arg(value_name = "SHELL", value_parser = named(hooked_shells()), hide_possible_values = true)]
    #[arg(required_unless_present_any = ["install", "uninstall"])]
    pub shell: Option<String>,
    /// Add the line to the start-up file of the shell
    #[arg(long, group = "change")]
    pub install: bool,
    /// Remove the line that `--install` adds
    #[arg(long, group = "change")]
    pub uninstall: bool,
    /// The start-up file, instead of the usual one
    #[arg(long, value_name = "FILE", requires = "change", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Change it without asking
    #[arg(long, short, requires = "change")]
    pub yes: bool,
}

/// `completions`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = named(completed_shells()), hide_possible_values = true)]
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

/// A shell by its name, with its aliases.
type Name = (&'static str, &'static [&'static str]);

fn shells_where(wanted: fn(&dyn shells::Dialect) -> bool) -> Vec<Name> {
    let dialects = shells::DIALECTS.iter().filter(|dialect| wanted(**dialect));
    dialects.map(|dialect| (dialect.name(), dialect.aliases())).collect()
}

fn hooked_shells() -> Vec<Name> {
    shells_where(|dialect| dialect.hook().is_some())
}

fn completed_shells() -> Vec<Name> {
    completion::SCRIPTS.iter().map(|script| (script.shell, script.aliases)).collect()
}

fn named(names: Vec<Name>) -> PossibleValuesParser {
    let names = names.into_iter().map(|(name, aliases)| PossibleValue::new(name).aliases(aliases));
    PossibleValuesParser::new(names.collect::<Vec<_>>())
}

/// The names of the shells in a line of their own, which beside the argument would be too long for a screen.
fn shells_and(example: &str, shells: Vec<Name>) -> String {
    let names: Vec<_> = shells.into_iter().map(|(name, _)| name).collect();
    format!("Shells:\n  {}\n\nExample: {example}", names.join(", "))
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

/// Whether a person named a dialect where the wrapper did already.
#[must_use]
pub fn names_another_shell(arguments: &[OsString]) -> bool {
    let is_flag =
        |argument: &&OsString| argument.to_str().is_some_and(|text| text.split('=').next() == Some("--shell"));
    arguments.iter().any(|argument| argument == "--wrapper") && arguments.iter().filter(is_flag).count() > 1
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
                if region.is_empty() || region.starts_with('-') {
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
    Some(Command::Init(InitArgs { shell: Some(shell.to_owned()), ..InitArgs::default() }))
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
