using System.Text;
using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>Paths from stdin, rows to stdout, and names that look like something else.</summary>
public sealed class PathListTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public PathListTests() => TinyModel.Make().Save(folder["model.zip"]);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a\nb c\n", false, "a|b c")]
    [InlineData("\uFEFFa\r\n\r\n\nb", false, "a|b")]
    [InlineData("a\nb\0c\r\0\0d", true, "a\nb|c\r|d")]
    [InlineData("", false, "")]
    [InlineData("ü", false, "ü")]
    public void A_list_is_split_where_its_kind_says(string text, bool isNulSeparated, string expected) =>
        Assert.Equal(
            expected,
            string.Join('|', PathList.Read(new Trickle(Encoding.UTF8.GetBytes(text)), isNulSeparated, CancellationToken.None))
        );

    [Fact]
    public void A_stream_without_separators_does_not_fill_the_memory() =>
        Assert.InRange(
            PathList.Read(new MemoryStream(new byte[5_000_000]), isNulSeparated: false, CancellationToken.None).Single().Length,
            1,
            100_000
        );

    [UnixFact("find")]
    public void What_find_writes_is_read_and_a_missing_path_is_a_row()
    {
        string[] names = ["a.png", "a\nb.png", "@a.png", "-a.png", " .png"];
        foreach (string name in names) Pictures.Write(Path.Combine(folder["in"], name));
        string run = $"dotnet '{PredictorProcess.Library}' model.zip --quiet --format jsonl";
        string output = Shell.Run(folder.FullName, $"(find in -type f -print0; printf 'in/none.png\\0in\\0') | {run} -0 -; test $? = 3");
        string[] rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2 * names.Length + 1, rows.Length); // the folder is in the list too
        Assert.Contains(
            "there is no such file or folder",
            Assert.Single(rows, r => !r.EndsWith("\"error\":null}", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Equal(
            output,
            Shell.Run(folder.FullName, $"(find in -type f -print0; printf 'in/none.png\\0in\\0') | {run} --null --out -; test $? = 3")
        );
    }

    [UnixFact]
    public void Names_that_begin_like_an_option_or_a_response_file_are_files()
    {
        foreach (string name in new[] { "@a.png", "-b.png", "--out", "-0" }) Pictures.Write(folder[name]);
        string output = Shell.Run(
            folder.FullName,
            $"dotnet '{PredictorProcess.Library}' model.zip --quiet --top 1 @a.png -- -b.png --out -0"
        );
        Assert.Equal(
            ["path", "@a.png", "-b.png", "--out", "-0"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')[0].Trim('\''))
        );
    }

    /// <summary>A byte at a time, as a slow pipe.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }
}
