# Completion for credenv in elvish. credenv tells what could stand at the cursor; elvish chooses among it, and quotes it.

use str

set edit:completion:arg-completer[credenv] = {|@words|
  var found = []
  try {
    set found = [((external credenv) __complete --all (- (count $words) 1) $@words 2>/dev/null | from-lines)]
  } catch {
    # Without credenv, there is nothing to offer.
  }
  for line $found {
    var value told = (str:split &max=2 "\t" $line"\t")
    set told = (str:trim-right $told "\t")
    if (not-eq $value '') {
      var shown = $value
      if (not-eq $told '') {
        set shown = $value'  '$told
      }
      edit:complex-candidate $value &code-suffix=' ' &display=$shown
    } elif (eq $told files) {
      edit:complete-filename $@words
    } elif (str:has-prefix $told 'command ') {
      # This completes the command behind its first argument.
      var rest = $words[(str:trim-prefix $told 'command ')..]
      edit:complete-sudo sudo $@rest
    }
  }
}
