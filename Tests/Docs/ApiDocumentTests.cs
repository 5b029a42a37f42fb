using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Docs;

/// <summary>Every C# snippet that shows how to use a model is compiled by the compiler of the SDK, and run.</summary>
public sealed class ApiDocumentTests
{
    private const string Usings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global "
        + "using System.Threading; global using System.Threading.Tasks; global using EmotionMLNet;";

    [Theory]
    [InlineData("docs/api.md"), InlineData("Model/README.md"), InlineData("README.md")]
    public void Every_snippet_compiles_and_runs(string document)
    {
        string[] snippets = [.. Snippets(document)];
        Assert.NotEmpty(snippets);
        using var folder = new TemporaryFolder();
        string library = folder["snippets.dll"];
        var sources = new List<string> { Write(folder["usings.cs"], Usings) };
        for (int i = 0; i < snippets.Length; i++)
            sources.Add(Write(folder[$"Snippet{i}.cs"], snippets[i].Replace("@Name", $"Snippet{i}", StringComparison.Ordinal)));
        string calls = string.Concat(snippets.Select((_, i) => $"Directory.SetCurrentDirectory(args[{i}]); await Snippet{i}.Run();\n"));
        sources.Add(
            Write(
                folder["Program.cs"],
                $"internal static class Program\n{{\n    public static async Task Main(string[] args)\n    {{\n{calls}    }}\n}}\n"
            )
        );
        string model = typeof(EmotionClassifier).Assembly.Location;
        File.Copy(model, folder[Path.GetFileName(model)]);
        ProcessResult compiled = Run(
            folder.FullName,
            [
                Compiler(),
                "-nologo",
                "-nullable:enable",
                "-langversion:latest",
                "-warnaserror",
                "-nowarn:CS1701,CS1702,CS8321",
                $"-out:{library}",
                $"-r:{model}",
                .. Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll").Where(IsManaged).Select(d => $"-r:{d}"),
                .. sources,
            ]
        );
        Assert.True(compiled.Code == 0, compiled.Output + compiled.Error);

        Write(
            folder["snippets.runtimeconfig.json"],
            $$"""{ "runtimeOptions": { "tfm": "net10.0", "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version}}" }, "configProperties": { "System.Globalization.Invariant": true } } }"""
        );
        string[] places = [.. snippets.Select((_, i) => Place(folder[$"run{i}"]))];
        ProcessResult result = Run(folder.FullName, [library, .. places]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("happy", result.Output, StringComparison.Ordinal);
    }

    // What the document says lies beside a snippet.
    private static string Place(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "faces"));
        Directory.CreateDirectory(Path.Combine(folder, "artifacts"));
        File.Copy(Path.Combine(Repository.Root, "artifacts", "happy-sad.zip"), Path.Combine(folder, "model.zip"));
        File.Copy(Path.Combine(Repository.Root, "artifacts", "fer2013.zip"), Path.Combine(folder, "artifacts", "fer2013.zip"));
        TinyDetector.Make().Save(Path.Combine(folder, "faces.zip"));
        string[] drawn =
        [
            .. Directory.GetFiles(Path.Combine(Repository.Root, "data", "faces", "happy"), "*.png").Order(StringComparer.Ordinal).Take(6),
        ];
        foreach (string name in new[] { "face.png", "face.jpg" }) File.Copy(drawn[0], Path.Combine(folder, name)); // told apart by content
        foreach (string path in drawn) File.Copy(path, Path.Combine(folder, "faces", Path.GetFileName(path)));
        return folder;
    }

    // Each becomes the body of a method; its usings stand before the class, and errors are told by the line of the document.
    private static IEnumerable<string> Snippets(string document)
    {
        StringBuilder? usings = null, body = null;
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, document));
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] == "```csharp")
            {
                usings = new StringBuilder();
                body = new StringBuilder();
            }
            else if (lines[i] == "```" && body is not null)
            {
                yield return $"#pragma warning disable CS1998\n{usings}internal static class @Name\n{{\n    public static async Task "
                    + $"Run()\n    {{\n{body}#line default\n    }}\n}}\n";
                body = null;
            }
            else if (body is not null)
            {
                bool isUsing =
                    lines[i].StartsWith("using ", StringComparison.Ordinal)
                    && lines[i].EndsWith(';')
                    && !lines[i].Contains('=', StringComparison.Ordinal);
                if (!isUsing) body.Append(System.Globalization.CultureInfo.InvariantCulture, $"#line {i + 1} \"{document}\"\n{lines[i]}\n");
                else if (lines[i] != "using EmotionMLNet;") usings!.AppendLine(lines[i]);
            }
        }
    }

    private static string Compiler()
    {
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Directory
            .GetDirectories(Path.Combine(root, "sdk"), $"{Environment.Version.Major}.*")
            .Select(d => Path.Combine(d, "Roslyn", "bincore", "csc.dll"))
            .Where(File.Exists)
            .Order(StringComparer.Ordinal)
            .Last();
    }

    private static bool IsManaged(string library)
    {
        using var file = new FileStream(library, FileMode.Open, FileAccess.Read);
        using var reader = new System.Reflection.PortableExecutable.PEReader(file);
        return reader.HasMetadata;
    }

    private static string Write(string path, string text)
    {
        EmotionMLNet.Files.AtomicFile.WriteText(path, text);
        return path;
    }

    private static ProcessResult Run(string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using Process process = Process.Start(start)!;
        return TrainerProcess.Finish(process);
    }
}
