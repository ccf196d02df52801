# credenv for fish: a function in front of the binary, so that `credenv use` changes this shell.
function credenv --description 'switch the AWS environment of this shell'
    switch "$argv[1]"
        case use off auto
            set -l __credenv_script (__CREDENV_EXE__ $argv[1] --wrapper --shell fish $argv[2..-1])
            or return
            eval $__credenv_script
        case '*'
            __CREDENV_EXE__ $argv
    end
end
