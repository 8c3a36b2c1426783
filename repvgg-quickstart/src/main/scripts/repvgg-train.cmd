@echo off
rem Options of the JVM go into REPVGG_JAVA_OPTS.
java -Xmx2g -Dorg.bytedeco.javacpp.maxbytes=6g -Dorg.bytedeco.javacpp.maxphysicalbytes=12g %REPVGG_JAVA_OPTS% -cp "%~dp0..\lib\*" io.github.repvgg4j.train.TrainMain %*
