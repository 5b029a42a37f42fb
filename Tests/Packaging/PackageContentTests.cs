using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using EmotionMLNet.Imaging;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Packaging;

/// <summary>What is in the packages: everything that a user expects, and nothing that is only ours.</summary>
[Collection(OnePacking.Name)]
public sealed class PackageContentTests(PackedProducts products)
{
    private const string Model = "EmotionMLNet", Training = "EmotionMLNet.Training", MLNet = "EmotionMLNet.MLNet",
        Client = "EmotionMLNet.Client", Tool = "EmotionMLNet.Tool", Web = "EmotionMLNet.Tool.Web";

    private const string Tools = "tools/net10.0/any/";

    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>Each package with the folder of its project.</summary>
    public static TheoryData<string, string> All => new()
    {
        { Model, "Model" }, { Training, "Training" }, { MLNet, "MLNet" }, { Client, "Client" },
        { Tool, "Trainer" }, { Web, "Predictor.Web" },
    };

    [Fact]
    public void There_are_six_packages_each_with_its_symbols()
        => Assert.Equal(
            new[] { Model, Training, MLNet, Client, Tool, Web }
                .SelectMany(id => new[] { "nupkg", "snupkg" }.Select(e => $"{id}.{PackedProducts.Version}.{e}"))
                .Order(StringComparer.Ordinal),
            Directory.GetFiles(products.Packages).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(All))]
    public void A_package_says_what_it_is_and_shows_its_readme_and_its_icon(string id, string project)
    {
        XElement metadata = products.Metadata(id);
        Assert.Equal(id, metadata.Element("id")!.Value);
        Assert.Equal(PackedProducts.Version, metadata.Element("version")!.Value);
        Assert.Equal(("expression", "MIT"), (metadata.Element("license")!.Attribute("type")!.Value, metadata.Element("license")!.Value));
        string[] texts = ["title", "authors", "description", "copyright", "tags"];
        Assert.All(texts, name => Assert.False(string.IsNullOrWhiteSpace(metadata.Element(name)?.Value), name));
        Assert.DoesNotContain(Repository.Root, metadata.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("file:", metadata.ToString(), StringComparison.Ordinal);

        using ZipArchive package = products.Open(id);
        using var readme = new StreamReader(package.GetEntry(metadata.Element("readme")!.Value)!.Open());
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, project, "README.md")), readme.ReadToEnd());
        using Stream icon = package.GetEntry(metadata.Element("icon")!.Value)!.Open();
        var bytes = new MemoryStream();
        icon.CopyTo(bytes);
        Image image = ImageReader.Read(bytes.ToArray());
        Assert.Equal((128, 128), (image.Width, image.Height));
    }

    [Fact]
    public void A_library_is_one_assembly_with_its_documentation_and_depends_on_no_other_product_than_ours()
    {
        Assert.Equal(["lib/net10.0/EmotionMLNet.dll", "lib/net10.0/EmotionMLNet.xml"], Files(Model, "lib/"));
        Assert.Equal(["lib/net10.0/EmotionMLNet.Training.dll", "lib/net10.0/EmotionMLNet.Training.xml"], Files(Training, "lib/"));
        Assert.Equal(["README.md", "icon.png"], Others(Model));
        Assert.Equal(["README.md", "icon.png"], Others(Training));
        Assert.Empty(Dependencies(Model));
        Assert.Equal([(Model, $"[{PackedProducts.Version}]")], Dependencies(Training)); // they are friends, so of one version
        Assert.All(References(Model, "lib/net10.0/EmotionMLNet.dll"), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
        string[] references = References(Training, "lib/net10.0/EmotionMLNet.Training.dll");
        Assert.All(references, name => Assert.True(name == Model || name.StartsWith("System.", StringComparison.Ordinal), name));
    }

    [Fact]
    public void The_client_is_one_assembly_that_knows_nothing_of_ours_and_depends_on_nothing()
    {
        Assert.Equal(["lib/net10.0/EmotionMLNet.Client.dll", "lib/net10.0/EmotionMLNet.Client.xml"], Files(Client, "lib/"));
        Assert.Equal(["README.md", "icon.png"], Others(Client));
        Assert.Empty(Dependencies(Client));
        string[] references = References(Client, "lib/net10.0/EmotionMLNet.Client.dll");
        Assert.All(references, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
    }

    [Fact]
    public void The_library_for_ML_NET_is_one_assembly_and_leaves_the_native_runtime_to_the_application()
    {
        Assert.Equal(["lib/net10.0/EmotionMLNet.MLNet.dll", "lib/net10.0/EmotionMLNet.MLNet.xml"], Files(MLNet, "lib/"));
        Assert.Equal(["README.md", "icon.png"], Others(MLNet));
        Dictionary<string, string> dependencies = Dependencies(MLNet).ToDictionary(d => d.Id, d => d.Version);
        Assert.Equal($"[{PackedProducts.Version}]", dependencies[Training]);
        Assert.Equal($"[{PackedProducts.Version}]", dependencies[Model]);
        string[] wanted = ["Microsoft.Extensions.Options", "Microsoft.ML", "Microsoft.ML.ImageAnalytics", "Microsoft.ML.OnnxTransformer"];
        Assert.All(wanted, id => Assert.Contains(id, dependencies.Keys));
        Assert.DoesNotContain("Microsoft.ML.OnnxRuntime", dependencies.Keys);
        Assert.Contains("Microsoft.ML.OnnxRuntime", File.ReadAllText(Path.Combine(Repository.Root, "MLNet", "README.md")));
    }

    [Theory]
    [InlineData(Model, "Model")]
    [InlineData(Training, "Training")]
    [InlineData(MLNet, "MLNet")]
    [InlineData(Client, "Client")]
    public void The_documentation_has_the_types_of_the_example(string id, string project)
    {
        string example = PackageExample.Of(project);
        using ZipArchive package = products.Open(id);
        using Stream xml = package.GetEntry($"lib/net10.0/{id}.xml")!.Open();
        XElement[] types = [.. XDocument.Load(xml).Descendants("member")
            .Where(m => m.Attribute("name")!.Value is ['T', ':', .. var name] && PackageExample.Names(example, name))];
        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.False(string.IsNullOrWhiteSpace(type.Element("summary")!.Value)));
    }

    [Theory]
    [InlineData(Tool, "emotionmlnet")]
    [InlineData(Web, "emotionmlnet-web")]
    public void A_tool_carries_the_small_models_and_says_whose_libraries_are_in_it(string id, string command)
    {
        string[] files = Files(id, Tools);
        string[] shipped = [.. new[] { "faces", "fer2013", "happy-sad" }
            .Where(n => n != "faces" || File.Exists(Path.Combine(Repository.Root, "artifacts", "faces.zip")))];
        Assert.Equal(shipped.Select(n => $"{Tools}artifacts/{n}.zip"), files.Where(f => f.EndsWith(".zip", StringComparison.Ordinal)));
        Assert.Equal(["LICENSE", "README.md", "THIRD-PARTY-NOTICES.txt", "icon.png"], Others(id));
        Assert.Empty(Dependencies(id));
        Assert.Equal("DotnetTool", products.Metadata(id).Descendants("packageType").Single().Attribute("name")!.Value);

        using ZipArchive package = products.Open(id);
        using Stream settings = package.GetEntry($"{Tools}DotnetToolSettings.xml")!.Open();
        Assert.Equal(command, XDocument.Load(settings).Descendants("Command").Single().Attribute("Name")!.Value);
        using var notices = new StreamReader(package.GetEntry("THIRD-PARTY-NOTICES.txt")!.Open());
        string text = notices.ReadToEnd();
        string[] foreign = [.. files.Where(f => f.EndsWith(".dll", StringComparison.Ordinal))
            .Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => !n.StartsWith(Model, StringComparison.OrdinalIgnoreCase))];
        Assert.NotEmpty(foreign);
        Assert.All(foreign, name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Fact]
    public void What_draws_and_what_keeps_searches_is_in_the_large_tool_for_each_system_and_not_in_the_server()
    {
        // Both have a native library for each system.
        string[] files = Files(Tool, Tools);
        string[] systems = ["linux-x64", "linux-arm64", "linux-musl-x64", "osx", "win-x64", "win-arm64"];
        foreach (string system in systems)
        {
            Assert.Contains(files, f => f.Contains($"/runtimes/{system}/native/libSkiaSharp.", StringComparison.Ordinal));
            Assert.Contains(files.Where(f => f.Contains("e_sqlite3.", StringComparison.Ordinal)),
                f => f.Contains($"/runtimes/{system}", StringComparison.Ordinal));
        }
        Assert.DoesNotContain(files, f => f.Contains("/runtimes/browser", StringComparison.Ordinal));
        Assert.DoesNotContain(Files(Web, Tools), f => f.Contains("/native/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Model, "lib/net10.0/EmotionMLNet.pdb")]
    [InlineData(Training, "lib/net10.0/EmotionMLNet.Training.pdb")]
    [InlineData(MLNet, "lib/net10.0/EmotionMLNet.MLNet.pdb")]
    [InlineData(Client, "lib/net10.0/EmotionMLNet.Client.pdb")]
    [InlineData(Tool, Tools + "EmotionMLNet.Trainer.pdb")]
    [InlineData(Web, Tools + "emotionmlnet-web.pdb")]
    public void Symbols_hold_the_sources(string id, string file)
    {
        using ZipArchive package = products.Open(id, "snupkg");
        var bytes = new MemoryStream();
        using (Stream stream = package.GetEntry(file)!.Open()) stream.CopyTo(bytes);
        bytes.Position = 0;
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(bytes);
        MetadataReader reader = provider.GetMetadataReader();
        Assert.NotEmpty(reader.Documents);
        Assert.All(reader.Documents, document => Assert.Contains(
            reader.GetCustomDebugInformation(document).Select(reader.GetCustomDebugInformation),
            i => reader.GetGuid(i.Kind) == EmbeddedSource));
        // What CI builds, and so what is published, holds no path of the machine it was built on.
        if (Environment.GetEnvironmentVariable("CI") != "true") return;
        IEnumerable<string> paths = reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name));
        Assert.All(paths, path => Assert.StartsWith("/_", path, StringComparison.Ordinal));
    }

    private string[] Files(string id, string folder)
    {
        using ZipArchive package = products.Open(id);
        IEnumerable<string> names = package.Entries.Select(e => e.FullName);
        return [.. names.Where(n => n.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    // What is neither of the programs nor of the format of packages.
    private string[] Others(string id)
    {
        using ZipArchive package = products.Open(id);
        IEnumerable<string> names = package.Entries.Select(e => e.FullName).Where(n => !n.Contains('/', StringComparison.Ordinal));
        names = names.Where(n => n != "[Content_Types].xml" && !n.EndsWith(".nuspec", StringComparison.Ordinal));
        return [.. names.Order(StringComparer.Ordinal)];
    }

    private (string Id, string Version)[] Dependencies(string id)
        => [.. products.Metadata(id).Descendants("dependency").Select(d => (d.Attribute("id")!.Value, d.Attribute("version")!.Value))];

    private string[] References(string id, string file)
    {
        using ZipArchive package = products.Open(id);
        var bytes = new MemoryStream();
        using (Stream stream = package.GetEntry(file)!.Open()) stream.CopyTo(bytes);
        bytes.Position = 0;
        using var assembly = new PEReader(bytes);
        MetadataReader reader = assembly.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(r => reader.GetString(reader.GetAssemblyReference(r).Name))];
    }
}
