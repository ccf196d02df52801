
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'credenv' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'credenv'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'credenv' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Switch this shell to a profile')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'Undo everything credenv did in this shell')
            [CompletionResult]::new('auto', 'auto', [CompletionResultType]::ParameterValue, 'Drop the choice made by hand and follow the directory')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run one command under a profile, or under what this directory asks for')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what the AWS files say of a profile')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Tell what is active and who decided it')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Tell for each variable the line or the command behind it')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Write down in `.credenv.yml` which profile this directory uses')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Add or edit a profile in the AWS files')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Tell what is wrong in the AWS files or will surprise')
            [CompletionResult]::new('project', 'project', [CompletionResultType]::ParameterValue, 'Show what the project file of this directory asks for')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Show what a project file asks for, and allow it')
            [CompletionResult]::new('deny', 'deny', [CompletionResultType]::ParameterValue, 'Refuse a project file for good')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Print the lines for a shell''s start-up file')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            break
        }
        'credenv;use' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The profile that the project in this directory has for that stage')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region, instead of the profile''s own')
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell that evaluates the output; told by the parent process if left out')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Export keys instead of a name, for tools that cannot follow the profile')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Hold across `cd` into projects')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Enter a protected profile without a question')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Enter a protected profile without a question')
            [CompletionResult]::new('--wrapper', '--wrapper', [CompletionResultType]::ParameterName, 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;off' {
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell that evaluates the output; told by the parent process if left out')
            [CompletionResult]::new('--wrapper', '--wrapper', [CompletionResultType]::ParameterName, 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;auto' {
            [CompletionResult]::new('--shell', '--shell', [CompletionResultType]::ParameterName, 'The shell that evaluates the output; told by the parent process if left out')
            [CompletionResult]::new('--wrapper', '--wrapper', [CompletionResultType]::ParameterName, 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;exec' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of the project in this directory')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region, instead of the profile''s own')
            [CompletionResult]::new('--creds', '--creds', [CompletionResultType]::ParameterName, 'Pass keys instead of a name, for tools that cannot follow the profile')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Enter a protected profile without a question')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Enter a protected profile without a question')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;list' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'With kind, account, role, region and where it stands')
            [CompletionResult]::new('--long', '--long', [CompletionResultType]::ParameterName, 'With kind, account, role, region and where it stands')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;show' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;status' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;why' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;link' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage that uses it; all that name no profile of their own if left out')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;configure' {
            [CompletionResult]::new('--access-key-id', '--access-key-id', [CompletionResultType]::ParameterName, 'The access key id')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The output format of the AWS CLI')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role to assume')
            [CompletionResult]::new('--source-profile', '--source-profile', [CompletionResultType]::ParameterName, 'The profile whose credentials assume the role')
            [CompletionResult]::new('--credential-source', '--credential-source', [CompletionResultType]::ParameterName, 'Where the credentials that assume the role are, without a profile')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The device whose code the role asks for')
            [CompletionResult]::new('--sso-session', '--sso-session', [CompletionResultType]::ParameterName, 'The sso-session to sign in with')
            [CompletionResult]::new('--sso-start-url', '--sso-start-url', [CompletionResultType]::ParameterName, 'The start page of IAM Identity Center')
            [CompletionResult]::new('--sso-region', '--sso-region', [CompletionResultType]::ParameterName, 'The region of IAM Identity Center')
            [CompletionResult]::new('--sso-account-id', '--sso-account-id', [CompletionResultType]::ParameterName, 'The account to sign in to')
            [CompletionResult]::new('--sso-role-name', '--sso-role-name', [CompletionResultType]::ParameterName, 'The role in that account')
            [CompletionResult]::new('--web-identity-token-file', '--web-identity-token-file', [CompletionResultType]::ParameterName, 'The file that holds a web identity token')
            [CompletionResult]::new('--credential-process', '--credential-process', [CompletionResultType]::ParameterName, 'The command that prints credentials')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'The certificates to trust')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Any other property; `KEY.KEY=VALUE` for one below another')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Take a property away')
            [CompletionResult]::new('--rename', '--rename', [CompletionResultType]::ParameterName, 'Give the profile another name')
            [CompletionResult]::new('--copy', '--copy', [CompletionResultType]::ParameterName, 'Copy the profile to another name')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'What `serverless config credentials` calls the profile')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'What `serverless config credentials` calls the profile')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'What `serverless config credentials` asks for')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'What `serverless config credentials` calls the secret access key')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'What `serverless config credentials` calls the secret access key')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Read the secret access key from stdin, and a session token from its second line')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Take the profile away')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and change nothing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What `serverless config credentials` asks for before it replaces keys')
            [CompletionResult]::new('--overwrite', '--overwrite', [CompletionResultType]::ParameterName, 'What `serverless config credentials` asks for before it replaces keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;doctor' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;project' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage, instead of the project''s own')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;allow' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;deny' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;init' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'credenv;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
