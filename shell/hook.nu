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

# Carries out what the binary told: an object a line, of which the last holds the changes.
def --env __credenv_obey [told: string] {
    # `--help` changes nothing.
    let told = $told | %from json --objects | %reduce --fold { set: {}, unset: [] } {|object, all| $all | %merge $object }
    if $told.check? != null {
        let times = if $told.check.references == [] { [] } else { %ls -aD ...$told.check.references | %get modified }
        let until = if $told.check.seconds == null { null } else { (%date now) + $told.check.seconds * 1sec }
        $env.__credenv.check = ($told.check | %merge { times: $times, until: $until })
    }
    if $told.memory? != null { $env.__credenv.memory = $told.memory }
    if $told.said? != null { $env.__credenv.memory += $told.said }
    for name in ($told.aside? | %default []) {
        # In a closure it is neither exported nor shown.
        let value = $env | %get $name
        $env.__credenv_aside = ($env.__credenv_aside | %merge { $name: {|| $value } })
    }
    %hide-env --ignore-errors ...$told.unset
    %load-env $told.set
    for name in ($told.back? | %default []) {
        if $name in $env.__credenv_aside {
            %load-env { $name: (%do ($env.__credenv_aside | %get $name)) }
        } else {
            %print --stderr $"credenv: ($name) was set aside in another shell and is not put back here"
        }
    }
    let gone = $told.back? | %default [] | %append $told.drop? | where {|name| $name in $env.__credenv_aside }
    # What the prompt was told counts on what was to come back: where it did not, it is to be told again.
    let is_certain = $told.back? | %default [] | %all {|name| $name in $env.__credenv_aside }
    $env.__credenv_aside = ($env.__credenv_aside | %reject ...$gone)
    if $told.check? != null { $env.__credenv.seen = (if $is_certain { __credenv_see }) }
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

# Whether asking the binary again could bring nothing new. To build `$env`, to call a closure and to look at a file with `ls`
# take the most time: the first two stand here no more than needed, the last is the last.
def __credenv_holds [] {
    let check = $env.__credenv.check
    try {
        ($check.directory == $env.PWD
            and not $check.unsure
            and ($check.until == null or (%date now) < $check.until)
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
    let status = $env.LAST_EXIT_CODE?
    try {
        let told = ^__CREDENV_EXE__ hook --shell nu $memory $env.PWD
        __credenv_obey $told
        if $memory != 'prompt' { $env.__credenv.failed = '' }
    }
    if $status != null { $env.LAST_EXIT_CODE = $status }
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
