// Each platform's natives by name, and none of another platform.
def x86 = { p -> ["javacpp:$p", "dnnl:$p", "opencl:$p", "nd4j-native:$p-onednn", "openblas:$p"] }
def expected = [
    'linux-x86_64'  : x86('linux-x86_64'),
    'windows-x86_64': x86('windows-x86_64'),
    'macosx-x86_64' : x86('macosx-x86_64'),
    // Maven Central has no ND4J with oneDNN for ARM, and no oneDNN at all for macosx-arm64.
    'linux-arm64'   : ['javacpp', 'dnnl', 'opencl', 'nd4j-native', 'openblas'].collect { "$it:linux-arm64" },
    'macosx-arm64'  : ['javacpp', 'nd4j-native', 'openblas'].collect { "$it:macosx-arm64" },
]
expected.each { platform, jars ->
    // group:artifact:jar:classifier:version:scope
    def tree = new File(basedir, "$platform/target/tree.txt").text
    assert !tree.contains(':pom:') // Gradle puts the file of such a dependency on the class path
    def found = (tree =~ /[\w.-]+:([\w.-]+):jar:([\w.-]+):[\w.-]+:\w+/)
        .collect { it[1] + ':' + it[2] }.findAll { it.split(':').length == 2 }
    assert found.sort() == jars*.toString().sort()
}
true
