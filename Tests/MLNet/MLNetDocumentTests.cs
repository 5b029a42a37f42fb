using System.Reflection;
using System.Text.RegularExpressions;
using EmotionMLNet.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>The C# of docs/mlnet.md and of the package's readme is compiled.</summary>
public sealed partial class MLNetDocumentTests
{
    private const string Around = """
        using System; using System.IO; using System.Linq; using System.Threading.Tasks;
        using EmotionMLNet; using EmotionMLNet.MLNet; using Microsoft.Extensions.DependencyInjection; using Microsoft.ML;

        internal static class Snippet
        {
            private static readonly MLContext mlContext = new();
            private static readonly IDataView view = null!;
            private static readonly DataOperationsCatalog.TrainTestData split = new();
            private static readonly (IServiceCollection Services, int Other) builder = (new ServiceCollection(), 0);
            private static readonly Application app = new();

            public static void Run()
            {
                @Code
            }
        }

        // As much of ASP.NET as the snippet names.
        internal sealed class Application
        {
            public void MapPost(string path, Func<HttpRequest, ExpressionPredictor, Task<string>> handler) { }
        }

        internal sealed class HttpRequest
        {
            public Stream Body => Stream.Null;
        }
        """;

    [Fact]
    public void Every_snippet_of_the_document_compiles()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mlnet.md"));
        string[] snippets = [.. Code().Matches(document).Select(m => m.Groups[1].Value)];
        Assert.Equal(5, snippets.Length);
        Assert.All(snippets, s => Compile(Around.Replace("@Code", s, StringComparison.Ordinal), OutputKind.DynamicallyLinkedLibrary));
    }

    [Fact]
    public void The_program_of_the_readme_compiles()
        => Compile("using System;\n" + Code().Match(File.ReadAllText(Path.Combine(Repository.Root, "MLNet", "README.md"))).Groups[1].Value,
            OutputKind.ConsoleApplication);

    private static void Compile(string source, OutputKind kind)
    {
        string here = AppContext.BaseDirectory, platform = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] names = ["EmotionMLNet*.dll", "Microsoft.ML*.dll", "Microsoft.Extensions.*.dll"];
        // Some of Microsoft.Extensions come with ASP.NET Core, which the tests run on.
        string shared = Path.GetDirectoryName(typeof(IServiceCollection).Assembly.Location)!;
        IEnumerable<string> files = names.SelectMany(n => Directory.GetFiles(here, n).Concat(Directory.GetFiles(shared, n)))
            .DistinctBy(Path.GetFileName)
            .Concat(Directory.GetFiles(platform, "System*.dll")).Append(Path.Combine(platform, "netstandard.dll"));
        var compilation = CSharpCompilation.Create("snippet", [CSharpSyntaxTree.ParseText(source)],
            files.Where(IsManaged).Select(f => MetadataReference.CreateFromFile(f)), new CSharpCompilationOptions(kind));
        Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
        Assert.True(errors.Length == 0, string.Join('\n', errors.Select(e => e.ToString())));
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
            return false;
        }
    }

    [GeneratedRegex("```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}
