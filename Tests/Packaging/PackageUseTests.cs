using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Tests.Web;
using EmotionMLNet.Training.DrawnFaces;

namespace EmotionMLNet.Tests.Packaging;

/// <summary>What somebody does who has the packages and no checkout: programs of their own, the tool, a program with its runtime.</summary>
[Collection(OnePacking.Name)]
public sealed partial class PackageUseTests(PackedProducts products)
{
    private static readonly string Shipped = Path.Combine(Repository.Root, "artifacts", "fer2013.zip");

    /// <summary>The example in the package's readme is the program.</summary>
    [Fact]
    public void A_program_outside_of_the_repository_classifies_a_face()
    {
        string folder = Program("classifies", "EmotionMLNet", PackageExample.Of("Model"));
        File.Copy(Shipped, Path.Combine(folder, "model.zip"));
        Draw(Path.Combine(folder, "face.png"), "happy", 2);
        string output = DotNet.Succeed(folder, products.Cache, "run", "-c", "Release");
        Prediction expected = EmotionClassifier.Load(Shipped).Classify(Path.Combine(folder, "face.png"));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{expected.Label} {expected.Confidence:F4}"), output.Trim());
    }

    /// <summary>Likewise: what trains from C# is the example of that package.</summary>
    [Fact]
    public void A_program_outside_of_the_repository_trains_a_model()
    {
        string folder = Program("trains", "EmotionMLNet.Training", PackageExample.Of("Training"));
        foreach (string label in (string[])["happy", "surprise"])
            for (int i = 0; i < 8; i++) Draw(Path.Combine(folder, "people", label, $"{i}.png"), label, i);
        DotNet.Succeed(folder, products.Cache, "run", "-c", "Release");
        Assert.Equal(["happy", "surprise"], ModelZip.Load(Path.Combine(folder, "mine.zip")).Manifest.Labels);
    }

    /// <summary>The server and its client as strangers get them: a tool that is started anywhere, and the client's example.</summary>
    [Fact]
    public async Task The_server_is_installed_and_a_program_outside_of_the_repository_asks_it()
    {
        string tools = products.Folder("server"), elsewhere = products.Folder("elsewhere");
        string[] install = ["tool", "install", "EmotionMLNet.Tool.Web", "--tool-path", tools, "--version", PackedProducts.Version];
        DotNet.Succeed(products.Folder("."), products.Cache, install);
        using Process server = DotNet.StartProgram(
            Path.Combine(tools, "emotionmlnet-web"), elsewhere, products.Cache, "--port", "0", "--metrics-port", "off");
        try
        {
            Uri address = await ServerProcess.AddressAsync(server);
            string folder = Program("asks", "EmotionMLNet.Client", PackageExample.Of("Client")
                .Replace("http://127.0.0.1:5080/", address.AbsoluteUri, StringComparison.Ordinal));
            Draw(Path.Combine(folder, "face.png"), "happy", 2);
            AtomicFile.WriteText(Path.Combine(folder, "notes.txt"), "no picture");
            string[] lines = DotNet.Succeed(folder, products.Cache, "run", "-c", "Release").Trim().Split('\n');
            Assert.Equal(["0: happy", "1: This is no picture that is read here."], lines[1..]);
            Assert.StartsWith("happy 0.", lines[0], StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
        }
    }

    [Fact]
    public void The_tool_is_installed_draws_its_own_faces_and_runs_its_own_models()
    {
        string tools = products.Folder("tools"), work = products.Folder("work"), program = Path.Combine(tools, "emotionmlnet");
        string[] install = ["tool", "install", "EmotionMLNet.Tool", "--tool-path", tools, "--version", PackedProducts.Version];
        DotNet.Succeed(products.Folder("."), products.Cache, install);

        string output = Tool("quickstart", "--epochs", "1");
        string drawn = Path.Combine(work, "artifacts", "quickstart", "faces"), committed = Path.Combine(Repository.Root, "data", "faces");
        string[] faces = Directory.GetFiles(drawn, "*.png", SearchOption.AllDirectories);
        Assert.Equal(Directory.GetFiles(committed, "*.png", SearchOption.AllDirectories).Length, faces.Length);
        foreach (string face in faces.Where((_, i) => i % 97 == 0))
        {
            string same = Path.Combine(committed, Path.GetRelativePath(drawn, face));
            // Another platform's sines may round a grey level the other way.
            Assert.All(Pixels(same).Zip(Pixels(face)), p => Assert.InRange(p.First - p.Second, -1, 1));
        }

        // The hint can be typed as it stands: the shell finds the tool by its name.
        string next = Assert.Single(output.Split('\n'), l => l.StartsWith("next", StringComparison.Ordinal));
        Match hint = Hint().Match(next);
        Assert.True(hint.Success, next);
        string[] words = hint.Groups[1].Value.Split(' ');
        Tool(words);
        Assert.StartsWith("path,label,confidence,", File.ReadAllText(Path.Combine(work, "labels.csv")), StringComparison.Ordinal);

        string picture = Path.Combine(committed, "happy", "0002.png"), help = Whitespace().Replace(Tool("predict", "--help"), " ");
        Assert.StartsWith("path,label,confidence,angry,", Tool("predict", picture, "--quiet"), StringComparison.Ordinal);
        string two = Tool("predict", "--model", "happy-sad", picture, "--quiet");
        Assert.StartsWith("path,label,confidence,happy,sad,state,face,", two, StringComparison.Ordinal);
        Assert.Contains("fer2013 (seven expressions), happy-sad.", help, StringComparison.Ordinal);

        string Tool(params string[] arguments) => DotNet.Output(DotNet.RunProgram(program, work, products.Cache, arguments), arguments);
    }

    /// <summary>The small consumer, as somebody gets it who has no .NET at all. The first run fetches the runtime's package.</summary>
    [UnixFact]
    public void The_predictor_is_published_with_its_runtime()
    {
        string folder = products.Folder("published"), runtime = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        string project = Path.Combine("Predictor.Console", "Predictor.Console.csproj");
        string[] publish = ["publish", project, "-c", DotNet.Configuration, "-r", runtime, "--self-contained", "-o", folder];
        string[] only = ["-p:BuildProjectReferences=false", "-p:DisableTransitiveFrameworkReferenceDownloads=true"];
        DotNet.Succeed(Repository.Root, null, [.. publish, .. only]);
        string picture = Path.Combine(Repository.Root, "data", "faces", "happy", "0002.png");
        foreach (string model in (string[])["fer2013", "happy-sad", "fer2013-best"])
        {
            string[] arguments = ["--model", model, picture, "--quiet"];
            string expected = PredictorProcess.Run(null, arguments).Output;
            ProcessResult published = DotNet.RunProgram(Path.Combine(folder, "Predictor.Console"), folder, null, arguments);
            Assert.Equal(expected, DotNet.Output(published, arguments));
            Assert.Equal(2, expected.TrimEnd().Split('\n').Length);
        }
    }

    // A project with one package and one file.
    private string Program(string name, string package, string source)
    {
        string folder = products.Folder(name);
        AtomicFile.WriteText(Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{PackedProducts.Version}" />
              </ItemGroup>
            </Project>
            """);
        AtomicFile.WriteText(Path.Combine(folder, "Program.cs"), source);
        return folder;
    }

    private static void Draw(string path, string label, int number)
    {
        byte[] png = PngEncoder.Encode(FaceGenerator.Draw(label, number, seed: 1));
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    private static byte[] Pixels(string path) => ImageReader.Read(File.ReadAllBytes(path)).Pixels;

    [GeneratedRegex("^next +emotionmlnet (predict .*)$")]
    private static partial Regex Hint();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
