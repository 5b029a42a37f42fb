using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Predictor;
using EmotionMLNet.Predictor.Drawing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>Runs that find faces, with a detector for which discs are faces: rows, pictures, gallery, interruptions.</summary>
public sealed class FaceRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FaceRunTests()
    {
        TinyModel.Make().Save(folder["model.zip"]);
        SpotDetector.Save(folder["faces.zip"]);
        SpotDetector.Write(folder["in/none.png"]);
        SpotDetector.Write(folder["in/one.png"], (60, 70));
        SpotDetector.Write(folder["in/two.png"], (50, 60), (160, 100));
        AtomicFile.Write(folder["in/broken.jpg"], s => s.Write([0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void All_gives_a_row_a_face_largest_one_and_off_the_columns_of_before()
    {
        (int code, string output, _) = Run(Options() with { Faces = FaceSearch.All });
        Assert.Equal(3, code); // the broken one
        Assert.Equal(
            ["broken.jpg not read", "none.png no face", "one.png face", "two.png face", "two.png face"],
            Column(output, "path").Select(Path.GetFileName).Zip(Column(output, "state"), (path, state) => $"{path} {state}")
        );
        Assert.Equal(4, Run(Options() with { Faces = FaceSearch.Largest }).Output.TrimEnd().Split('\n').Length - 1);
        (_, string off, string messages) = Run(Options() with { Faces = FaceSearch.Off, Detector = null, Quiet = false });
        Assert.DoesNotContain("face_x", off, StringComparison.Ordinal);
        Assert.DoesNotContain("face", messages, StringComparison.Ordinal);
        Assert.Equal(off, Run(Options() with { Detector = null }).Output); // this model says nothing of faces
    }

    [Fact]
    public void The_box_is_where_the_disc_is_in_pixels_of_the_picture()
    {
        string output = Run(Options() with { Faces = FaceSearch.Largest, Paths = [folder["in/one.png"]] }).Output;
        float[] box = [.. new[] { "x", "y", "width", "height" }.Select(n => Assert.Single(Column(output, $"face_{n}")))
            .Select(c => float.Parse(c, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.InRange(new FaceBox(box[0], box[1], box[2], box[3]).Overlap(SpotDetector.Box(60, 70)), 0.7, 1);
    }

    [Fact]
    public void A_model_that_learned_from_faces_looks_for_the_largest_unless_told_otherwise()
    {
        ModelZip tiny = TinyModel.Make();
        ModelManifest manifest = tiny.Manifest with { Faces = new FaceTreatment { Pictures = FacePictures.Crops } };
        (tiny with { Manifest = manifest }).Save(folder["crops.zip"]);
        PredictOptions options = Options() with { Model = folder["crops.zip"] };
        Assert.Contains(",no face,", Run(options).Output, StringComparison.Ordinal);
        (_, string whole, string messages) = Run(options with { Detector = null, Quiet = false });
        Assert.DoesNotContain("no face", whole, StringComparison.Ordinal);
        Assert.Contains("there is no face detector (faces.zip): pictures are labelled whole", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_without_a_face_is_counted_sorted_into_a_folder_of_its_own_and_no_finding()
    {
        (int code, _, string messages) = Run(Options() with
        {
            Faces = FaceSearch.All,
            Paths = [folder["in/none.png"], folder["in/two.png"]],
            SortInto = folder["sorted"],
            Quiet = false,
        });
        Assert.Equal(0, code);
        Assert.Contains("files without a face", messages, StringComparison.Ordinal);
        Assert.Contains("faces    share  label", messages, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["sorted/no face/none.png"]));
        Assert.Equal(2, Directory.GetFiles(folder["sorted"], "*", SearchOption.AllDirectories).Length);
        (int only, _, string said) = Run(Options() with { Faces = FaceSearch.All, Paths = [folder["in/none.png"]], Quiet = false });
        Assert.Equal(3, only);
        Assert.Contains("nothing was classified: 1 file has no face", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Annotated_pictures_faces_and_gallery_are_written_beside_the_rows()
    {
        (int code, string output, _) = Run(Drawn());
        Assert.Equal(3, code);
        Assert.Equal(["none.png", "one.png", "two.png"], Names("boxes"));
        Assert.Equal(["one-1.png", "two-1.png", "two-2.png"], Names("crops"));
        Image before = ImageReader.ReadFile(folder["in/one.png"]), after = ImageReader.ReadFile(folder["boxes/one.png"]);
        Assert.Equal((before.Width, before.Height), (after.Width, after.Height));
        Assert.NotEqual(before.Pixels, after.Pixels);
        Image face = ImageReader.ReadFile(folder["crops/two-2.png"]);
        Assert.Equal((96, 96), (face.Width, face.Height)); // 48 pixels high, made large enough to be looked at
        Assert.True(face.Pixels[(48 * 96 + 48) * face.Channels] > 200); // the disc is in the middle
        Assert.Equal(Run(Options() with { Faces = FaceSearch.All }).Output, output); // rows are as without pictures
        Assert.Contains("Expression labels of 4 pictures", File.ReadAllText(folder["g.html"]), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["g.html.partial"]));
    }

    [Fact]
    public void Equal_names_get_numbers_a_second_run_writes_nothing_new_and_force_replaces()
    {
        SpotDetector.Write(folder["other/one.png"], (150, 90));
        PredictOptions options = Drawn() with { Html = null, Paths = [folder["in/one.png"], folder["other"]] };
        AtomicFile.WriteText(folder["boxes/one.png"], "mine");
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(0, Run(options).Code);
            Assert.Equal(["one (2).png", "one (3).png", "one.png"], Names("boxes"));
            Assert.Equal(["one-1 (2).png", "one-1.png"], Names("crops"));
            Assert.Equal("mine", File.ReadAllText(folder["boxes/one.png"]));
        }
        byte[] second = File.ReadAllBytes(folder["boxes/one (3).png"]);
        Assert.Equal(0, Run(options with { Force = true }).Code);
        Assert.NotEqual(4, new FileInfo(folder["boxes/one.png"]).Length);
        Assert.Equal(second, File.ReadAllBytes(folder["boxes/one (2).png"])); // of this run, so neither replaces the other
        Assert.DoesNotContain(Names("boxes"), n => n.StartsWith('.'));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    public void After_an_interruption_the_same_command_goes_on_to_the_same_files(string format)
    {
        string[] paths = [.. Enumerable.Range(0, 24).Select(i => Path.Combine(folder["in"], i % 3 == 0 ? "none.png" : "two.png"))];
        for (int i = 0; i < paths.Length; i++)
        {
            string copy = folder[$"many/{i:00}{Path.GetFileName(paths[i])}"];
            Directory.CreateDirectory(folder["many"]);
            File.Copy(paths[i], copy);
            paths[i] = copy;
        }
        string list = string.Join('\n', paths) + "\n", part = string.Join('\n', paths[..17]) + "\n";
        PredictOptions options = Drawn() with { Paths = ["-"], Threads = 1, Out = folder["o." + format] };
        Assert.Throws<IOException>(() => Run(options, new TornStream(part)));
        Assert.True(File.Exists(folder["g.html.partial"]));
        Assert.False(File.Exists(folder["g.html"]));
        (int code, _, string messages) = Run(options with { Quiet = false }, Text(list));
        Assert.Equal(0, code);
        Assert.Matches("continuing: [0-9]+ files? (is|are) done", messages);
        PredictOptions whole = options with
        {
            Out = folder["w." + format], Html = folder["w.html"], Annotate = folder["wb"], Crops = folder["wc"],
        };
        Assert.Equal(0, Run(whole, Text(list)).Code);
        Assert.Equal(File.ReadAllText(folder["w." + format]), File.ReadAllText(folder["o." + format]));
        Assert.Equal(File.ReadAllText(folder["w.html"]), File.ReadAllText(folder["g.html"]));
        Assert.Equal(Names("wb"), Names("boxes"));
        Assert.Equal(Names("wc"), Names("crops"));
        Assert.Empty(Directory.GetFiles(folder.FullName, "*.partial"));
    }

    [Fact]
    public void Cancelled_without_a_file_of_rows_it_leaves_no_half_gallery()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal(ExitCode.Cancelled, Run(Drawn(), cancellation: cancelled.Token).Code);
        Assert.Empty(Directory.GetFiles(folder.FullName, "g.html*"));
    }

    [Fact]
    public void Contradictions_are_one_line_each()
    {
        PredictOptions options = Options();
        Assert.Contains(
            "--crops wants faces",
            Assert.Single((options with { Faces = FaceSearch.Off, Crops = "c" }).FindProblems()), StringComparison.Ordinal);
        Assert.Contains(
            "holds the pictures themselves",
            Assert.Single((options with { Annotate = folder["in"] }).FindProblems()), StringComparison.Ordinal);
        PredictOptions same = options with { Html = "a.csv", Out = "a.csv" };
        Assert.Contains("the same file", Assert.Single(same.FindProblems()), StringComparison.Ordinal);
        UserException e = Assert.Throws<UserException>(() => Run(options with { Crops = folder["c"], Detector = null }));
        Assert.Contains("--faces largest", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_finds_its_detector_where_models_are_and_says_what_is_wrong_with_another()
    {
        TinyModel.Make().Save(folder["models/fer2013.zip"]);
        SpotDetector.Save(folder["models/faces.zip"]);
        string[] command = [folder["in/two.png"], "--faces", "all", "--format", "table", "--quiet"];
        ProcessResult table = PredictorProcess.Run(folder["models"], command);
        Assert.Equal(0, table.Code);
        Assert.Equal(3, table.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("36 x 48", table.Output, StringComparison.Ordinal);
        ProcessResult picture = PredictorProcess.Run(folder["models"], folder["in/two.png"], "--detector", folder["in/one.png"]),
            model = PredictorProcess.Run(folder["models"], folder["in/two.png"], "--detector", folder["model.zip"]),
            missing = PredictorProcess.Run(folder["models"], folder["in/two.png"], "--detector", folder["no.zip"]),
            off = PredictorProcess.Run(folder["models"], folder["in/two.png"], "--detector", folder["faces.zip"], "--faces", "off"),
            swapped = PredictorProcess.Run(folder["models"], folder["faces.zip"], folder["in/two.png"]);
        Assert.Equal((1, 1, 2, 2, 1), (picture.Code, model.Code, missing.Code, off.Code, swapped.Code));
        Assert.Contains("is no face detector but a picture", Assert.Single(picture.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("not a face detector", Assert.Single(model.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("--faces is off", Assert.Single(off.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("faces.zip", Assert.Single(swapped.ErrorLines), StringComparison.Ordinal);
    }

    private static string[] Column(string csv, string name)
    {
        string[][] lines = [.. csv.TrimEnd().Split('\n').Select(l => l.Split(','))];
        return [.. lines[1..].Select(l => l[Array.IndexOf(lines[0], name)])];
    }

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private PredictOptions Options() =>
        new()
        {
            Model = folder["model.zip"],
            Detector = folder["faces.zip"],
            Paths = [folder["in"]],
            Quiet = true,
        };

    private PredictOptions Drawn() =>
        Options() with { Faces = FaceSearch.All, Annotate = folder["boxes"], Crops = folder["crops"], Html = folder["g.html"] };

    private string[] Names(string name) =>
        [.. Directory.GetFiles(folder[name]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private static (int Code, string Output, string Messages) Run(
        PredictOptions options, Stream? input = null, CancellationToken cancellation = default)
    {
        using var output = new StringWriter();
        using var messages = new StringWriter();
        var console = new RunConsole { Output = output, Messages = messages, Input = input ?? Stream.Null };
        int code = new PredictRun(options, console, new SkiaDrawing()).Execute(cancellation);
        return (code, output.ToString(), messages.ToString());
    }
}
