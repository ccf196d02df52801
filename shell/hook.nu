# credenv for nushell: a command in front of the binary, so that `credenv use` changes this shell, and a hook that follows
# the directory. nushell evaluates no text: the binary tells in JSON what to change. Commands of nushell itself stand behind
# a `%`, because others may bear their names.

# Switch the AWS environment of this shell.
@complete external
def --env --wrapped credenv [...words] {
    match $words.0? {
        "use" | "off" | "auto" => {
            let told = ^__CREDENV_EXE__ $words.0 --wrapper --shell nu ...($words | %skip 1)
            __credenv_obey $told
        }
        "allow" | "deny" | "link" => {
            ^__CREDENV_EXE__ ...$words
            __credenv_prompt
        }
        "doctor" => {
            # What only the shell itself can see.
            let calls = $env.config.hooks.pre_prompt | %each {|hook|
                if (__credenv_is_ours $hook) { '__credenv_prompt' } else { 'closure' }
            }
            let hook = $"nu:($env.__credenv.loaded):($calls | %str join ' ')"
            %with-env { CREDENV_HOOK: $hook } { ^__CREDENV_EXE__ ...$words }
        }
        _ => { ^__CREDENV_EXE__ ...$words }
    }
}

# Carries out what the binary told: maybe what is to be compared at each prompt, and then the changes, each an object.
def --env __credenv_obey [told: string] {
    # `--help` changes nothing.
    if $told == '' { return }
    let told = $told | %from json --objects
    let watch = $told.0
    if $watch.check? != null {
        $env.__credenv.memory = ($watch.memory | %default $env.__credenv.memory) + $watch.said
        let moments = { times: ($watch.check.times | %into datetime), until: ((%date now) + $watch.check.seconds * 1sec) }
        $env.__credenv.check = ($watch.check | %merge $moments)
    }
    let change = $told | %last
    for name in $change.aside {
        # In a closure it is neither exported nor shown.
        let value = $env | %get $name
        $env.__credenv_aside = ($env.__credenv_aside | %merge { $name: {|| $value } })
    }
    %hide-env --ignore-errors ...$change.unset
    %load-env $change.set
    for name in $change.back {
        if $name in $env.__credenv_aside {
            %load-env { $name: (%do ($env.__credenv_aside | %get $name)) }
        } else {
            %print --stderr $"credenv: ($name) was set aside in another shell and is not put back here"
        }
    }
    # What the prompt was told counts on what was to come back: where it did not, it is to be told again.
    let is_certain = $change.back | %all {|name| $name in $env.__credenv_aside }
    $env.__credenv_aside = ($env.__credenv_aside | %reject --optional ...$change.back ...$change.drop)
    if $watch.check? != null { $env.__credenv.seen = (if $is_certain { __credenv_see }) }
}

# The variables by which programs find who they are; of keys, only whether they are there.
def __credenv_see [] {
    [
        ($env.AWS_ACCESS_KEY_ID? in [null ''])
        ($env.AWS_SECRET_ACCESS_KEY? in [null ''])
        $env.AWS_PROFILE?
        $env.AWS_DEFAULT_PROFILE?
        $env.AWS_WEB_IDENTITY_TOKEN_FILE?
        $env.AWS_ROLE_ARN?
        $env.AWS_REGION?
        $env.AWS_DEFAULT_REGION?
    ]
}

# Whether asking the binary again could bring nothing new. To look at a file with `ls` takes the most time, and to build
# `$env` the next.
def __credenv_holds [] {
    let check = $env.__credenv.check
    try {
        ($check.directory == $env.PWD
            and (%date now) < $check.until
            and not (true in ($check.absent | %path exists))
            and ($check.paths | %path expand) == $check.lead
            and ($check.names == [] or ($env | %select --optional ...$check.names | %values) == $check.values)
            and ($check.files == [] or (%ls -aD ...$check.files | %get modified) == $check.times))
    } catch { false }
}

# The hook.
def --env __credenv_prompt [] {
    let directory = $env.PWD
    if $directory == $env.__credenv.check.directory {
        let seen = __credenv_see
        if $seen != $env.__credenv.seen {
            # Somebody changed who the shell is: then what a prompt shows of it follows, and nothing else. Whatever is wrong
            # with that, it is not tried again before the next change.
            $env.__credenv.seen = $seen
            if (__CREDENV_EXE__ | %path exists) { __credenv_ask 'prompt' }
        }
    }
    if (__credenv_holds) or $directory == $env.__credenv.failed or not (__CREDENV_EXE__ | %path exists) { return }
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    $env.__credenv.failed = $directory
    __credenv_ask $env.__credenv.memory
}

# Asks the binary, and carries out what it tells. Nothing of it is to be seen in the status.
def --env __credenv_ask [memory: string] {
    try {
        let told = ^__CREDENV_EXE__ hook --shell nu $memory $env.PWD
        __credenv_obey $told
        if $memory != 'prompt' { $env.__credenv.failed = '' }
    }
}

def __credenv_is_ours [hook: any] {
    '__credenv_prompt' in (try { %view source $hook } catch { '' })
}

# What is no text is not exported, and so remains in this shell.
$env.__credenv = {
    memory: fresh
    failed: ''
    seen: null
    check: { directory: '' }
    loaded: (($env.__credenv?.loaded? | %default '') + '+')
}
$env.__credenv_aside = ($env.__credenv_aside? | %default {})
# In front, so that a prompt that others draw shows what is in force; what is there of ours already makes way.
$env.config.hooks.pre_prompt = (
    $env.config.hooks.pre_prompt? | %default []
    | where {|hook| not (__credenv_is_ours $hook) }
    | %prepend {|| __credenv_prompt }
)
