# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_credenv_global_optspecs
    string join \n h/help V/version
end

function __fish_credenv_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_credenv_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_credenv_using_subcommand
    set -l cmd (__fish_credenv_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c credenv -n "__fish_credenv_needs_command" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_needs_command" -s V -l version -d 'Print version'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "use" -d 'Switch this shell to a profile'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "off" -d 'Undo everything credenv did in this shell'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "auto" -d 'Drop the choice made by hand and follow the directory'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "exec" -d 'Run a command under a profile, under several, or under what this directory asks for'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "list" -d 'List the profiles'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "show" -d 'Show what the AWS files say of a profile'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "status" -d 'Tell what is active and who decided it'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "why" -d 'Tell for each variable the line or the command behind it'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "link" -d 'Write down in `.credenv.yml` which profile this directory uses'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "configure" -d 'Add or edit a profile in the AWS files'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "doctor" -d 'Tell what is wrong in the AWS files or will surprise'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "project" -d 'Show what the project file of this directory asks for'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "allow" -d 'Show what a project file asks for, and allow it'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "deny" -d 'Refuse a project file for good'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "init" -d 'Print the lines for a shell\'s start-up file'
complete -c credenv -n "__fish_credenv_needs_command" -f -a "completions" -d 'Print the completion script for a shell'
complete -c credenv -n "__fish_credenv_using_subcommand use" -l stage -d 'The profile that the project in this directory has for that stage' -r
complete -c credenv -n "__fish_credenv_using_subcommand use" -l region -d 'The region, instead of the profile\'s own' -r
complete -c credenv -n "__fish_credenv_using_subcommand use" -l ca -d 'Trust the certificates in that file, by their text; may be given more than once' -r -F
complete -c credenv -n "__fish_credenv_using_subcommand use" -l cafile -d 'Trust the certificates in that file, by its path; may be given more than once' -r -F
complete -c credenv -n "__fish_credenv_using_subcommand use" -l shell -d 'The shell that evaluates the output; told by the parent process if left out' -r -f -a "bash\t''
zsh\t''
fish\t''
sh\t''
ksh\t''
mksh\t''
yash\t''
json\t''
dotenv\t''
github\t''"
complete -c credenv -n "__fish_credenv_using_subcommand use" -l creds -d 'Export keys instead of a name, for tools that cannot follow the profile'
complete -c credenv -n "__fish_credenv_using_subcommand use" -l keep -d 'Hold across `cd` into projects'
complete -c credenv -n "__fish_credenv_using_subcommand use" -s y -l yes -d 'Enter a protected profile without a question'
complete -c credenv -n "__fish_credenv_using_subcommand use" -l wrapper -d 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
complete -c credenv -n "__fish_credenv_using_subcommand use" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand off" -l shell -d 'The shell that evaluates the output; told by the parent process if left out' -r -f -a "bash\t''
zsh\t''
fish\t''
sh\t''
ksh\t''
mksh\t''
yash\t''
json\t''
dotenv\t''
github\t''"
complete -c credenv -n "__fish_credenv_using_subcommand off" -l wrapper -d 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
complete -c credenv -n "__fish_credenv_using_subcommand off" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand auto" -l shell -d 'The shell that evaluates the output; told by the parent process if left out' -r -f -a "bash\t''
zsh\t''
fish\t''
sh\t''
ksh\t''
mksh\t''
yash\t''
json\t''
dotenv\t''
github\t''"
complete -c credenv -n "__fish_credenv_using_subcommand auto" -l wrapper -d 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
complete -c credenv -n "__fish_credenv_using_subcommand auto" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l stage -d 'The stage of the project in this directory' -r
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l region -d 'The region, instead of the profile\'s own' -r
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l ca -d 'Trust the certificates in that file, by their text; may be given more than once' -r -F
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l cafile -d 'Trust the certificates in that file, by its path; may be given more than once' -r -F
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l fail-fast -d 'Of several profiles, run none after the first under which the command fails'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -l creds -d 'Pass keys instead of a name, for tools that cannot follow the profile'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -s y -l yes -d 'Enter protected profiles without a question'
complete -c credenv -n "__fish_credenv_using_subcommand exec" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand list" -l kind -d 'Only profiles of that kind' -r -f -a "role\t''
web-identity\t''
sso\t''
static\t''
credential-process\t''
login\t''
none\t''"
complete -c credenv -n "__fish_credenv_using_subcommand list" -l sort -d 'In that order; those alike stay in the order of the files' -r -f -a "file\t'That of the files'
name\t'By name'
kind\t'By kind'
account\t'By account and role'
region\t'By region'
expiry\t'What ends first'"
complete -c credenv -n "__fish_credenv_using_subcommand list" -s l -l long -d 'With kind, account, role, region, until when and where it stands'
complete -c credenv -n "__fish_credenv_using_subcommand list" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c credenv -n "__fish_credenv_using_subcommand show" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand show" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand status" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand status" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand why" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand link" -l stage -d 'The stage that uses it; all that name no profile of their own if left out' -r
complete -c credenv -n "__fish_credenv_using_subcommand link" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l access-key-id -d 'The access key id' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l region -d 'The region' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l output -d 'The output format of the AWS CLI' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l role-arn -d 'The role to assume' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l source-profile -d 'The profile whose credentials assume the role' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l credential-source -d 'Where the credentials that assume the role are, without a profile' -r -f -a "Environment\t''
Ec2InstanceMetadata\t''
EcsContainer\t''"
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l mfa-serial -d 'The device whose code the role asks for' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l sso-session -d 'The sso-session to sign in with' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l sso-start-url -d 'The start page of IAM Identity Center' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l sso-region -d 'The region of IAM Identity Center' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l sso-account-id -d 'The account to sign in to' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l sso-role-name -d 'The role in that account' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l web-identity-token-file -d 'The file that holds a web identity token' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l credential-process -d 'The command that prints credentials' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l ca-bundle -d 'The certificates to trust' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l set -d 'Any other property; `KEY.KEY=VALUE` for one below another' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l unset -d 'Take a property away' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l rename -d 'Give the profile another name' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l copy -d 'Copy the profile to another name' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -s p -l profile -d 'What `serverless config credentials` calls the profile' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l provider -d 'What `serverless config credentials` asks for' -r -f -a "aws\t''"
complete -c credenv -n "__fish_credenv_using_subcommand configure" -s s -l secret -d 'What `serverless config credentials` calls the secret access key' -r
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l secret-stdin -d 'Read the secret access key from stdin, and a session token from its second line'
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l remove -d 'Take the profile away'
complete -c credenv -n "__fish_credenv_using_subcommand configure" -l dry-run -d 'Show what would change, and change nothing'
complete -c credenv -n "__fish_credenv_using_subcommand configure" -s o -l overwrite -d 'What `serverless config credentials` asks for before it replaces keys'
complete -c credenv -n "__fish_credenv_using_subcommand configure" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand doctor" -l stage -d 'The stage of the Serverless project here, with `--who`' -r
complete -c credenv -n "__fish_credenv_using_subcommand doctor" -l who -d 'Which identity each AWS program would use here, and why'
complete -c credenv -n "__fish_credenv_using_subcommand doctor" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand project" -l stage -d 'The stage, instead of the project\'s own' -r
complete -c credenv -n "__fish_credenv_using_subcommand project" -l json -d 'As JSON'
complete -c credenv -n "__fish_credenv_using_subcommand project" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand allow" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand deny" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand init" -s h -l help -d 'Print help'
complete -c credenv -n "__fish_credenv_using_subcommand completions" -s h -l help -d 'Print help'
