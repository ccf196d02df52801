# A walk through credenv, run by examples/try: each line is shown as a person types it, then run.
# shellcheck shell=bash disable=SC2016

step() {
    printf '\n# %s\n' "$1"
    shift
    local line command
    for line; do
        printf '$ %s\n' "$line"
        # Words for the person go to stderr; here they belong between the lines.
        eval "$line" 2>&1 || :
        # What bash does before each prompt, where there are prompts.
        for command in "${PROMPT_COMMAND[@]}"; do
            eval "$command" 2>&1 || :
        done
    done
}

step 'One line in ~/.bashrc makes `credenv use` change the shell it is typed in.' \
    'eval "$(credenv init bash)"'

step 'Somebody exported keys long ago. Some tools obey them, whatever profile you name.' \
    'export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' \
    'credenv status'

step 'The profiles of both AWS files.' \
    'credenv list --long'

step 'Switch. The keys are set aside, and the region is set as well.' \
    'credenv use prodProfile' \
    'credenv status'

step 'Who decided that?' \
    'credenv why AWS_REGION' \
    'credenv why AWS_SECRET_ACCESS_KEY'

step 'To another profile and back, or for one command only.' \
    'credenv use devProfile' \
    'credenv use -' \
    'credenv exec devProfile -- env | grep "^AWS_PROFILE="' \
    'echo "$AWS_PROFILE"'

step 'A typo stops what follows, in a script as well.' \
    'credenv use prodProfil && echo deployed' \
    'eval "$(command credenv use prodProfil)" && echo deployed'

step 'A project says which profile it needs. It is not followed before you have looked at it.' \
    'cd ~/projects/shop' \
    'credenv allow' \
    'echo "$AWS_PROFILE, and $AWS_PROD_PROFILE with --stage prod"' \
    'credenv why AWS_PROFILE'

step 'Going on to another, and out again.' \
    'cd ~/projects/orders' \
    'credenv allow' \
    'credenv use --stage prod --yes' \
    'cd ~'

step 'Leave: the environment is what it was, the old keys included.' \
    'credenv off' \
    'credenv status'
