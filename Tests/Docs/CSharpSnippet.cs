using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EmotionMLNet.Tests.Docs;

/// <summary>C# of a document, compiled as a program of a user who references the package and has implicit usings on.</summary>
internal static class CSharpSnippet
{
    // What stands in for the console, so that tests which run beside this one keep theirs.
    private const string Support = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;

        public static class Printed
        {
            public static readonly List<string> Lines = new();

            public static void WriteLine(object text)
            {
                lock (Lines) Lines.Add($"{text}");
            }
        }
        """;

    /// <summary>Runs the code.</summary>
    /// <param name="code">Top-level statements; what it writes to the console is caught.</param>
    /// <param name="assemblies">What the user would reference.</param>
    /// <returns>The lines that it printed.</returns>
    public static IReadOnlyList<string> Run(string code, params Assembly[] assemblies)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        string quiet = code.Replace("Console.WriteLine(", "Printed.WriteLine(", StringComparison.Ordinal);
        SyntaxTree[] trees = [CSharpSyntaxTree.ParseText(quiet, options), CSharpSyntaxTree.ParseText(Support, options)];
        string platform = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> files = Directory.GetFiles(platform, "System*.dll").Append(Path.Combine(platform, "netstandard.dll"));
        IEnumerable<MetadataReference> references = files.Where(IsManaged).Concat(assemblies.Select(a => a.Location))
            .Select(f => MetadataReference.CreateFromFile(f));
        var program = new CSharpCompilationOptions(OutputKind.ConsoleApplication);
        var compilation = CSharpCompilation.Create($"snippet{Guid.NewGuid():N}", trees, references, program);
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        var assembly = Assembly.Load(bytes.ToArray());
        object? running = assembly.EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        (running as Task)?.GetAwaiter().GetResult();
        return (IReadOnlyList<string>)assembly.GetType("Printed")!.GetField("Lines")!.GetValue(null)!;
    }

    private static bool IsManaged(string file)
    {
        try
        {
            AssemblyName.GetAssemblyName(file);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false; // System.Native and its like
        }
    }
}
