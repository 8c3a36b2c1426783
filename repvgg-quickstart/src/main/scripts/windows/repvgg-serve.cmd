@echo off
rem Options of the JVM go into REPVGG_JAVA_OPTS.
setlocal
set "REPVGG_JAVA=java"
if defined JAVA_HOME set "REPVGG_JAVA=%JAVA_HOME%\bin\java"
"%REPVGG_JAVA%" -XX:+IgnoreUnrecognizedVMOptions --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dfile.encoding=UTF-8 -Xmx1g -XX:G1HeapRegionSize=4m -Dorg.bytedeco.javacpp.maxbytes=6g -Dorg.bytedeco.javacpp.maxphysicalbytes=12g "-Drepvgg.home=%~dp0.." %REPVGG_JAVA_OPTS% -cp "%~dp0..\lib\*" io.github.repvgg4j.serve.command.ServeMain %*
