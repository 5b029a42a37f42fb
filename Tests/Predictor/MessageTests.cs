using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Imaging;
using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>What the predictor says, and how often.</summary>
public sealed class MessageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public MessageTests()
    {
        TinyModel.Make().Save(folder["run/model.zip"]);
        Pictures.Write(folder["p.png"]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--model nowhere/m.zip", 2, "there is no such model: give the path of a model zip")]
    [InlineData("--model run", 2, "is a folder: name the model zip in it")]
    [InlineData("--model cut.zip", 1, "is cut short or damaged")]
    [InlineData("--model empty.zip", 1, "is no model zip but an empty file")]
    [InlineData("--model p.png", 1, "is no model zip but a picture")]
    [InlineData("--model words.txt", 1, "is no model zip but something else")]
    [InlineData("net.onnx", 2, "import --onnx 'FOLDER/net.onnx'")]
    [InlineData("--model run/model.zip --threads 5000", 2, "--threads 5000: give 0 (all cores) to 1024")]
    [InlineData("--model run/model.zip --null", 2, "add - to read them")]
    [InlineData("--model run/model.zip --out run --format csv", 2, "is a folder: name a file")]
    public void A_mistake_is_one_line_that_says_what_to_do(string arguments, int code, string expected)
    {
        byte[] model = File.ReadAllBytes(folder["run/model.zip"]);
        AtomicFile.Write(folder["cut.zip"], s => s.Write(model.AsSpan(0, model.Length / 2)));
        AtomicFile.Write(folder["empty.zip"], _ => { });
        AtomicFile.WriteText(folder["words.txt"], "words");
        AtomicFile.WriteText(folder["my files/net.onnx"], "x");
        string[] words =
        [
            .. arguments.Split(' ').Select(w => w is "run" or "net.onnx" || w.Contains('.', StringComparison.Ordinal) ? folder[w] : w),
        ];
        if (words[0].EndsWith(".onnx", StringComparison.Ordinal)) words[0] = folder["my files/net.onnx"];
        ProcessResult result = PredictorProcess.Run(null, [.. words, folder["p.png"]]);
        Assert.Equal(code, result.Code);
        string line = Assert.Single(result.ErrorLines, l => l != LabelNotice.Text);
        Assert.Contains(expected.Replace("FOLDER", folder["my files"], StringComparison.Ordinal), line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_notice_comes_once_a_day_and_whether_or_not_it_can_be_remembered()
    {
        var clock = new Day();
        Assert.True(LabelNotice.IsDue(folder["state"], clock));
        Assert.False(LabelNotice.IsDue(folder["state"], clock));
        clock.Today = clock.Today.AddDays(1);
        Assert.True(LabelNotice.IsDue(folder["state"], clock));
        Assert.True(LabelNotice.IsDue(null, clock));
        Assert.True(LabelNotice.IsDue(folder["p.png/below"], clock)); // can't be created
        Assert.True(LabelNotice.IsDue(folder["p.png/below"], clock));
    }

    [Fact]
    public void The_help_has_the_notice_and_every_model_that_is_shipped()
    {
        string help = string.Join(
            ' ',
            PredictorProcess.Run(null, "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Contains(LabelNotice.Text, help, StringComparison.Ordinal);
        foreach (string model in new[] { "fer2013", "fer2013-best", "happy-sad" }) Assert.Contains(model, help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("film.mp4", "\0\0\0\u0018ftypisom\0\0\0\0isomavc1", "MP4 or other video, not a picture")]
    [InlineData("notes.txt", "hello, world\n", "text, not a picture")]
    [InlineData("a.pdf", "%PDF-1.7", "PDF, not a picture")]
    [InlineData("a.wav", "RIFF\u0010\0\0\0WAVEfmt ", "WAV sound, not a picture")]
    [InlineData("a.html", "<html><body>", "web page (HTML), not a picture")]
    [InlineData("a.tif", "II*\0\u0008\0\0\0", "TIFF is not supported: convert it to PNG or JPEG")]
    public void What_is_no_picture_is_not_told_to_become_one(string name, string content, string expected)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(content);
        Assert.Equal(expected, Assert.Throws<ImageFormatException>(() => ImageReader.Read(bytes)).Reason);
        AtomicFile.Write(folder[name], s => s.Write(bytes));
        ProcessResult named = PredictorProcess.Run(null, folder["run/model.zip"], folder[name], "--quiet");
        Assert.Equal(3, named.Code);
        Assert.Contains(expected, named.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_text_wherever_a_character_is_cut()
    {
        string text = "ä悲😀 " + new string('x', 100);
        for (int length = 1; length < 4200; length++)
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(new string('a', length) + string.Concat(Enumerable.Repeat(text, 50)));
            Assert.Equal("text", Assert.Throws<ImageFormatException>(() => ImageReader.Read(bytes)).Format);
            if (length == 20) length = 4080;
        }
        Assert.Equal("unknown", Assert.Throws<ImageFormatException>(() => ImageReader.Read([65, 0xE4, 65, 65, 65, 65])).Format);
    }

    [Theory]
    [InlineData(0, "0 files")]
    [InlineData(1, "1 file")]
    [InlineData(1234, "1,234 files")]
    public void Counts_have_their_grammar(int count, string expected) => Assert.Equal(expected, Plural.Format(count, "file"));

    [Fact]
    public void The_summary_has_a_line_a_label_in_eighty_columns()
    {
        string[] labels =
        [
            .. Enumerable
                .Range(0, 30)
                .Select(i =>
                    i == 1 ? new string('悲', 100)
                    : i == 2 ? new string('l', 200) + "\u001b"
                    : $"label {i}"
                ),
        ];
        var counts = new LabelCounts(labels);
        for (int i = 0; i <= labels.Length; i++)
            for (int n = 0; n <= 40 - i; n++) Assert.True(counts.Add([i]));
        counts.Add([-1]);
        Assert.False(counts.Add([labels.Length + 1]));
        string[] lines = [.. counts.Table(skipped: 12)];
        Assert.Equal("files    share  label", lines[0]);
        Assert.Equal("   41    5.1 %  label 0", lines[1]);
        Assert.Equal("  176           in 11 more labels", lines[21]);
        Assert.StartsWith("    1           could not be read", lines[22], StringComparison.Ordinal);
        Assert.StartsWith("   12           skipped", lines[23], StringComparison.Ordinal);
        Assert.All(lines, l => Assert.InRange(l.Sum(c => c < 0x1100 ? 1 : 2), 1, 79));
    }

    private sealed class Day : TimeProvider
    {
        public DateTimeOffset Today { get; set; } = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Today;
    }
}
