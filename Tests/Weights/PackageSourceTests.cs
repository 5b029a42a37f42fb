using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Tests.Weights;

/// <summary>Where packages come from: as NuGet's configuration files say it, and as feeds lay them out.</summary>
public sealed class PackageSourceTests : IDisposable
{
    private static readonly NuGetPackage Package = new("Some.Package", "1.2.3", "tools/net.onnx");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Sources_of_all_files_count_the_nearest_first()
    {
        string[] above = [.. Find("work")]; // of the folders above that of the test
        Write("user.config", Sources(("nuget.org", "https://user.example/v3/index.json"), ("own", "https://far.example/index.json")));
        Write("work/nuget.config", Sources(("own", "https://near.example/index.json"), ("folder", "../packages")));
        Write("work/inner/NuGet.Config", "<configuration />");
        Assert.Equal(
            ["https://near.example/index.json", folder["packages"], "https://user.example/v3/index.json", .. above],
            Find("work/inner")
        );
    }

    [Fact]
    public void A_file_may_clear_and_disable_what_others_name()
    {
        Write("user.config", Sources(("nuget.org", "https://user.example/v3/index.json")));
        Write("work/nuget.config", Sources("<clear/>", ("one", "https://one.example/"), ("two", "https://two.example/")));
        Assert.Equal(["https://one.example/", "https://two.example/"], Find("work"));
        Write(
            "work/inner/nuget.config",
            """<configuration><disabledPackageSources><add key="TWO" value="true"/></disabledPackageSources></configuration>"""
        );
        Assert.Equal(["https://one.example/"], Find("work/inner"));
    }

    [Fact]
    public void A_file_that_is_no_xml_is_named()
    {
        Write("work/nuget.config", "<configuration>");
        var e = Assert.Throws<TrainingException>(() => Find("work"));
        Assert.StartsWith(folder["work/nuget.config"], e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_folder_has_packages_beside_one_another_or_in_folders_of_their_own()
    {
        Assert.Null(PackageFeed.FindIn(folder["flat"], Package));
        Write("flat/Some.Package.1.2.4.nupkg", "");
        Assert.Null(PackageFeed.FindIn(folder["flat"], Package));
        Write("flat/Some.Package.1.2.3.nupkg", "");
        Assert.Equal(folder["flat/Some.Package.1.2.3.nupkg"], PackageFeed.FindIn(folder["flat"], Package));
        Write("nested/some.package/1.2.3/some.package.1.2.3.nupkg", "");
        Assert.Equal(folder["nested/some.package/1.2.3/some.package.1.2.3.nupkg"], PackageFeed.FindIn(folder["nested"], Package));
    }

    [Theory]
    [InlineData("https://feed.example/flat/")]
    [InlineData("https://feed.example/flat")]
    public void A_server_says_where_its_packages_are(string place)
    {
        string index = $$"""
            {"version": "3.0.0", "resources": [
              {"@id": "https://feed.example/query", "@type": "SearchQueryService"},
              {"@id": "{{place}}", "@type": "PackageBaseAddress/3.0.0", "comment": "x"}]}
            """;
        Assert.Equal(
            "https://feed.example/flat/some.package/1.2.3/some.package.1.2.3.nupkg",
            PackageFeed.Locate(Encoding.UTF8.GetBytes(index), Package).AbsoluteUri
        );
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"resources": [{"@id": "https://feed.example/query", "@type": "SearchQueryService"}]}""")]
    [InlineData("""{"resources": [{"@type": 3}]}""")]
    public void Any_other_answer_is_one_line(string index)
    {
        var e = Assert.Throws<TrainingFailedException>(() => PackageFeed.Locate(Encoding.UTF8.GetBytes(index), Package));
        Assert.DoesNotContain('\n', e.Message);
    }

    private IReadOnlyList<string> Find(string name) =>
        NuGetSources.Find(Directory.CreateDirectory(folder[name]).FullName, folder["user.config"]);

    private void Write(string name, string text) => AtomicFile.WriteText(folder[name], text);

    private static string Sources(params (string Key, string Value)[] sources) => Sources("", sources);

    private static string Sources(string before, params (string Key, string Value)[] sources) =>
        $"<configuration><packageSources>{before}"
        + $"{string.Concat(sources.Select(s => $"<add key=\"{s.Key}\" value=\"{s.Value}\" />"))}</packageSources></configuration>";
}
