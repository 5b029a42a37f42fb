using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;

namespace EmotionMLNet.Tests.Docs;

/// <summary>Every C# snippet that shows how to train is compiled and run.</summary>
public sealed class TrainingDocumentTests
{
    [Theory]
    [InlineData("docs/training-api.md", 7)]
    [InlineData("Training/README.md", 2)]
    public void Every_snippet_compiles_and_runs(string document, int count)
    {
        string[] snippets =
        [
            .. MarkdownDocument
                .Read(document)
                .Blocks.Where(b => b.Kind == BlockKind.Code)
                .Select(b => b.Text)
                .Where(t => t.StartsWith("using ", StringComparison.Ordinal)),
        ];
        Assert.Equal(count, snippets.Length);
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["here"]);
        File.Copy(Path.Combine(Repository.Root, "artifacts", "happy-sad.zip"), folder["here/model.zip"]);
        foreach (string label in (string[])["happy", "sad"])
            foreach (
                string path in Directory
                    .GetFiles(Path.Combine(Repository.Root, "data", "faces", label), "*.png")
                    .Order(StringComparer.Ordinal)
                    .Take(12)
            )
                Copy(path, folder[$"here/people/{label}/{Path.GetFileName(path)}"]);
        Copy(Directory.GetFiles(folder["here/people/happy"])[0], folder["here/face.png"]);
        Assembly[] assemblies = [typeof(EmotionClassifier).Assembly, typeof(ExpressionTrainer).Assembly, Logging()];
        foreach (string snippet in snippets)
        {
            string placed = snippet;
            foreach (string name in (string[])["people", "face.png", "model.zip", "mine.zip", "mine.onnx", "head.zip", "run", "tuned"])
                placed = placed.Replace($"\"{name}\"", $"@\"{folder[$"here/{name}"]}\"", StringComparison.Ordinal);
            CSharpSnippet.Run("using EmotionMLNet;\n" + placed, assemblies);
        }
        Assert.True(File.Exists(folder["here/mine.zip"]));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    // It comes with ASP.NET Core, which the samples need too.
    private static Assembly Logging()
    {
        string shared = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "Microsoft.AspNetCore.App");
        string path = Directory
            .GetFiles(shared, "Microsoft.Extensions.Logging.Abstractions.dll", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Last();
        return AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(path));
    }
}
