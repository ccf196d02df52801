@rem Tries credenv in cmd, in a home of its own. In PATH stands the binary.
@echo off
setlocal
set "there=%TEMP%\credenv try"
rmdir /s /q "%there%" 2>nul
mkdir "%there%\.aws" "%there%\shop & more"
set "HOME=%there%"
set "APPDATA=%there%"
set "LOCALAPPDATA=%there%"
set "AWS_PROFILE="
set "CREDENV_STATE="
>"%there%\.aws\config" (
    echo [profile dev]
    echo region = eu-west-1
)
>"%there%\shop & more\.credenv.yml" echo profile: dev

for /f "delims=" %%i in ('credenv use dev --shell cmd') do @%%i
call :must "a switch by for /f" "%AWS_PROFILE% %AWS_REGION%" "dev eu-west-1" || exit /b 1
for /f "delims=" %%i in ('credenv use nope --shell cmd') do @%%i
call :must "a switch that failed" "%errorlevel% %AWS_PROFILE%" "1 dev" || exit /b 1
for /f "delims=" %%i in ('credenv off --shell cmd') do @%%i
call :must "undo" "%AWS_PROFILE%%CREDENV_STATE%" "" || exit /b 1

credenv init cmd >"%there%\credenv.cmd"
call "%there%\credenv.cmd" use dev
call :must "a switch by the file" "%errorlevel% %AWS_PROFILE%" "0 dev" || exit /b 1
call "%there%\credenv.cmd" use nope && exit /b 1
call :must "a switch by the file that failed" "%AWS_PROFILE%" "dev" || exit /b 1
call "%there%\credenv.cmd" off
call :must "undo by the file" "%AWS_PROFILE%%CREDENV_STATE%" "" || exit /b 1
cd /d "%there%\shop & more"
call "%there%\credenv.cmd" allow
call "%there%\credenv.cmd" :moved
call :must "a project" "%AWS_PROFILE%" "dev" || exit /b 1
cd /d "%there%"
call "%there%\credenv.cmd" :moved
call :must "behind it" "%AWS_PROFILE%" "" || exit /b 1
exit /b 0

:must
if "%~2"=="%~3" (
    echo ok: %~1
    exit /b 0
)
echo %~1 is "%~2" and not "%~3"
exit /b 1
