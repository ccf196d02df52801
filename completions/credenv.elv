
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
            cand --fail-fast 'Of several profiles, run none after the first under which the command fails'
            cand --creds 'Pass keys instead of a name, for tools that cannot follow the profile'
            cand -y 'Enter protected profiles without a question'
            cand --yes 'Enter protected profiles without a question'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'credenv;list'= {
            cand -l 'With kind, account, role, region and where it stands'
            cand --long 'With kind, account, role, region and where it stands'
            cand --json 'As JSON'
            cand -h 'Print help'
            cand --help 'Print help'
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
        &'credenv;doctor'= {
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
