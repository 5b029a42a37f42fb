using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Packaging;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.ModelBuilder;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EmotionMLNet.Tests.ModelBuilder;

/// <summary>Generated code, compiled against the packages of ML.NET that these tests have.</summary>
internal static class GeneratedProject
{
    /// <summary>Name of the assembly that samples/ModelBuilderConsumer makes.</summary>
    public const string Assembly = "Expressions.Consumer";

    // Where the solution's build leaves the sample: Tests are in bin/CONFIGURATION/FRAMEWORK, and so is it.
    private static string SampleOutput { get; } = Path.Combine(
        Repository.Root,
        "samples",
        "ModelBuilderConsumer",
        "bin",
        DotNet.Configuration,
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))
    );

    /// <param name="project">Its sources are compiled.</param>
    /// <param name="program">Another Program.cs; null takes the project's.</param>
    public static byte[] Compile(ModelBuilderProject project, string? program = null)
    {
        string[] references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var sources = project.Files().Where(f => f.File.EndsWith(".cs", StringComparison.Ordinal))
            .Select(f => f.File == "Program.cs" && program is not null ? program : f.Text);
        var compilation = CSharpCompilation.Create(
            Assembly,
            sources.Select(s => CSharpSyntaxTree.ParseText(s, new CSharpParseOptions(LanguageVersion.CSharp10))),
            references.Select(f => MetadataReference.CreateFromFile(f)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication)
        );
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return bytes.ToArray();
    }

    /// <summary>
    /// Puts a model, and other code where given, into a copy of the sample as the solution's build made it from its packages.
    /// </summary>
    /// <returns>The program.</returns>
    public static string Place(string folder, ModelZip model, byte[]? assembly = null)
    {
        foreach (string file in Directory.GetFiles(SampleOutput, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(SampleOutput, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        string program = Path.Combine(folder, $"{Assembly}.dll");
        if (assembly is not null) AtomicFile.Write(program, s => s.Write(assembly));
        model.Save(Path.Combine(folder, "Expressions.mlnet"));
        return program;
    }
}
