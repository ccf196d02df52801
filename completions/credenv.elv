
use builtin;
use str;

set edit:completion:arg-completer[credenv] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'credenv'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'credenv'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand use 'Switch this shell to a profile'
            cand off 'Undo everything credenv did in this shell'
            cand auto 'Drop the choice made by hand and follow the directory'
            cand exec 'Run a command under a profile, under several, or under what this directory asks for'
            cand list 'List the profiles'
            cand show 'Show what the AWS files say of a profile'
            cand status 'Tell what is active and who decided it'
            cand why 'Tell for each variable the line or the command behind it'
            cand link 'Write down in `.credenv.yml` which profile this directory uses'
            cand configure 'Add or edit a profile in the AWS files'
            cand doctor 'Tell what is wrong in the AWS files or will surprise'
            cand project 'Show what the project file of this directory asks for'
            cand allow 'Show what a project file asks for, and allow it'
            cand deny 'Refuse a project file for good'
            cand init 'Print the lines for a shell''s start-up file'
            cand completions 'Print the completion script for a shell'
        }
        &'credenv;use'= {
            cand --stage 'The profile that the project in this directory has for that stage'
            cand --region 'The region, instead of the profile''s own'
            cand --ca 'Trust the certificates in that file, by their text; may be given more than once'
            cand --cafile 'Trust the certificates in that file, by its path; may be given more than once'
            cand --shell 'The shell that evaluates the output; told by the parent process if left out'
            cand --creds 'Export keys instead of a name, for tools that cannot follow the profile'
            cand --keep 'Hold across `cd` into projects'
            cand -y 'Enter a protected profile without a question'
            cand --yes 'Enter a protected profile without a question'
            cand --wrapper 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;off'= {
            cand --shell 'The shell that evaluates the output; told by the parent process if left out'
            cand --wrapper 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;auto'= {
            cand --shell 'The shell that evaluates the output; told by the parent process if left out'
            cand --wrapper 'Our wrapper function calls: it evaluates stdout, and the shell is known to have our functions'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;exec'= {
            cand --stage 'The stage of the project in this directory'
            cand --region 'The region, instead of the profile''s own'
            cand --ca 'Trust the certificates in that file, by their text; may be given more than once'
            cand --cafile 'Trust the certificates in that file, by its path; may be given more than once'
            cand --fail-fast 'Of several profiles, run none after the first under which the command fails'
            cand --creds 'Pass keys instead of a name, for tools that cannot follow the profile'
            cand -y 'Enter protected profiles without a question'
            cand --yes 'Enter protected profiles without a question'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;list'= {
            cand --kind 'Only profiles of that kind'
            cand --sort 'In that order; those alike stay in the order of the files'
            cand -l 'With kind, account, role, region, until when and where it stands'
            cand --long 'With kind, account, role, region, until when and where it stands'
            cand --json 'As JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'credenv;show'= {
            cand --json 'As JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;status'= {
            cand --json 'As JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;why'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;link'= {
            cand --stage 'The stage that uses it; all that name no profile of their own if left out'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;configure'= {
            cand --access-key-id 'The access key id'
            cand --region 'The region'
            cand --output 'The output format of the AWS CLI'
            cand --role-arn 'The role to assume'
            cand --source-profile 'The profile whose credentials assume the role'
            cand --credential-source 'Where the credentials that assume the role are, without a profile'
            cand --mfa-serial 'The device whose code the role asks for'
            cand --sso-session 'The sso-session to sign in with'
            cand --sso-start-url 'The start page of IAM Identity Center'
            cand --sso-region 'The region of IAM Identity Center'
            cand --sso-account-id 'The account to sign in to'
            cand --sso-role-name 'The role in that account'
            cand --web-identity-token-file 'The file that holds a web identity token'
            cand --credential-process 'The command that prints credentials'
            cand --ca-bundle 'The certificates to trust'
            cand --set 'Any other property; `KEY.KEY=VALUE` for one below another'
            cand --unset 'Take a property away'
            cand --rename 'Give the profile another name'
            cand --copy 'Copy the profile to another name'
            cand -p 'What `serverless config credentials` calls the profile'
            cand --profile 'What `serverless config credentials` calls the profile'
            cand --provider 'What `serverless config credentials` asks for'
            cand -s 'What `serverless config credentials` calls the secret access key'
            cand --secret 'What `serverless config credentials` calls the secret access key'
            cand --secret-stdin 'Read the secret access key from stdin, and a session token from its second line'
            cand --remove 'Take the profile away'
            cand --dry-run 'Show what would change, and change nothing'
            cand -o 'What `serverless config credentials` asks for before it replaces keys'
            cand --overwrite 'What `serverless config credentials` asks for before it replaces keys'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;doctor'= {
            cand --stage 'The stage of the Serverless project here, with `--who`'
            cand --who 'Which identity each AWS program would use here, and why'
            cand --json 'As JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;project'= {
            cand --stage 'The stage, instead of the project''s own'
            cand --json 'As JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;allow'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;deny'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;init'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;completions'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}
