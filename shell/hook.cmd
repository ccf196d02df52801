@rem credenv for cmd.exe. Without arguments, as `AutoRun` of the command processor or a shortcut calls it, this defines macros
@rem for the prompt: `credenv` becomes this file, which stands in front of the binary, and what changes the directory calls it
@rem afterwards. A batch file calls it as it is: call "%USERPROFILE%\credenv.cmd" use PROFILE
@if "%~1"=="" goto load
@if "%~1"=="use" goto evaluate
@if "%~1"=="off" goto evaluate
@if "%~1"=="auto" goto evaluate
@if "%~1"==":moved" goto moved
@__CREDENV_EXE__ %*
@exit /b

@rem What `for /f` reads is started by a cmd of its own, whose `AutoRun` would call this file again.
:evaluate
@set "__credenv_busy=1"
@ver >nul
@for /f "delims=" %%i in ('^"__CREDENV_EXE__ %* --wrapper --shell cmd^"') do @%%i
@set "__credenv_status=%errorlevel%"
@set "__credenv_busy="
@set "__credenv_status=" & exit /b %__credenv_status%

@rem The hook. The status of the person's command stays as it was.
:moved
@set "__credenv_status=%errorlevel%"
@set "__credenv_busy=1"
@if not defined __credenv_memory set "__credenv_memory=fresh"
@for /f "delims=" %%i in ('^"__CREDENV_EXE__ hook --shell cmd "%__credenv_memory%"^"') do @%%i
@set "__credenv_busy="
@set "__credenv_status=" & exit /b %__credenv_status%

:load
@if defined __credenv_busy exit /b 0
@set "__credenv_memory="
@doskey credenv=call "%~f0" $*
@for %%c in (cd chdir pushd popd) do @doskey %%c=%%c $* $T call "%~f0" :moved
@exit /b 0
