using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Commands;

/// <summary>Faces in the verbs of the trainer, with a detector for which discs are faces.</summary>
public sealed class FaceCommandTests : IDisposable
{
    private static readonly string[] Labels = ["left", "right"];

    private static readonly string[] Tiny =
    [
        "--width", "24", "--height", "24", "--channels", "1", "--widths", "4,6,8", "--batch-size", "8", "--threads", "2",
    ];

    private readonly TemporaryFolder folder = new();

    public FaceCommandTests() => SpotDetector.Save(folder["faces.zip"]);

    public void Dispose() => folder.Dispose();

    // What tells the classes apart is beside the disc, and the same marks lie all over the scene: only faces can be learned.
    [Fact]
    public void Photographs_are_cut_to_their_faces_learned_measured_and_labelled()
    {
        var random = new Random(1);
        for (int i = 0; i < 90; i++) MarkedScene.Write(folder[$"data/{Labels[i % 2]}/{i}.png"], random, isLeft: i % 2 == 0);
        for (int i = 0; i < 4; i++) MarkedScene.Write(folder[$"data/left/none{i}.png"], random, isLeft: null);
        string run = folder["run"], model = Path.Combine(run, "model.zip");

        ProcessResult trained = TrainerProcess.Run(
            [
                "train", "--data", folder["data"], "--faces", "largest", "--detector", folder["faces.zip"], "--architecture",
                "three-block-cnn", "--out", run, "--epochs", "16", "--learning-rate", "0.01", "--augmentation", "none", .. Tiny,
            ]
        );
        Assert.True(trained.Code == ExitCode.Ok, trained.Error);
        Assert.Matches(@"\d pictures? of \d+ ha(s|ve) none and (is|are) left out", trained.Error);
        FaceTreatment? faces = ModelZip.Load(model).Manifest.Faces;
        Assert.Equal((FacePictures.Crops, true), (faces!.Pictures, faces.SizeJitter > 0));

        string[] measured = ["--data", folder["data"], "--detector", folder["faces.zip"]];
        ProcessResult evaluated = TrainerProcess.Run(["evaluate", "--model", model, "--json", "-", .. measured]);
        Assert.True(evaluated.Code == ExitCode.Ok, evaluated.Error);
        Assert.Contains("own training data", evaluated.Output, StringComparison.Ordinal);
        using var figures = System.Text.Json.JsonDocument.Parse(evaluated.Output);
        double accuracy = figures.RootElement.GetProperty("accuracy").GetDouble();
        Assert.True(accuracy > 0.85, evaluated.Output);

        // The other verbs see the same pictures.
        ProcessResult calibrated = TrainerProcess.Run(["calibrate", "--model", model, "--out", folder["fitted.zip"], .. measured]);
        Assert.Contains("own training data", calibrated.Error, StringComparison.Ordinal);
        ProcessResult small = TrainerProcess.Run(["quantise", "--model", model, "--out", folder["small.zip"], .. measured]);
        Assert.True(small.Code == ExitCode.Ok, small.Error);
        Assert.Contains("the data that this model was trained on", small.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not the data", small.Error, StringComparison.Ordinal);
        ProcessResult half = TrainerProcess.Run(
            ["export", "--model", model, "--weights", "float16", "--out", folder["half.zip"], .. measured]
        );
        Assert.Contains("own training data", half.Error, StringComparison.Ordinal);
        ProcessResult suspects = TrainerProcess.Run(["suspects", "--model", model, "--out", folder["suspects.csv"], .. measured]);
        Assert.Contains("WAS TRAINED", suspects.Error, StringComparison.Ordinal);
        ProcessResult joined = TrainerProcess.Run(["ensemble", model, folder["half.zip"], "--out", folder["both.zip"], .. measured]);
        Assert.Contains("own training data", joined.Error, StringComparison.Ordinal);
        Assert.Equal(FacePictures.Crops, ModelZip.Load(folder["both.zip"]).Manifest.Faces?.Pictures);
    }

    [Fact]
    public void Candidates_of_a_comparison_see_the_same_faces()
    {
        var random = new Random(2);
        for (int i = 0; i < 40; i++) MarkedScene.Write(folder[$"data/{Labels[i % 2]}/{i}.png"], random, isLeft: i % 2 == 0);
        ProcessResult compared = TrainerProcess.Run(
            [
                "compare", "--data", folder["data"], "--faces", "largest", "--detector", folder["faces.zip"], "--architecture",
                "three-block-cnn,happy-sad-cnn", "--epochs", "1", "--out", folder["compared"], "--width", "48", "--height", "48",
            ]
        );
        Assert.True(compared.Code == ExitCode.Ok, compared.Error);
        string[] models = Directory.GetFiles(folder["compared"], "model.zip", SearchOption.AllDirectories);
        Assert.Equal(2, models.Length);
        Assert.All(models, m => Assert.Equal(FacePictures.Crops, ModelZip.Load(m).Manifest.Faces?.Pictures));
    }

    [Fact]
    public void What_goes_on_from_a_model_of_faces_is_one_too()
    {
        for (int i = 0; i < 24; i++)
            AtomicFile.Write(folder[$"data/{TinyData.Labels[i % 3]}/{i}.png"], s => s.Write(TinyData.Png(i % 3, i)));
        ModelZip tiny = TinyModel.Make("residual", [.. TinyData.Labels]);
        ModelManifest manifest = tiny.Manifest with { Faces = new FaceTreatment { Pictures = FacePictures.Crops } };
        (tiny with { Manifest = manifest }).Save(folder["start.zip"]);
        foreach ((string name, string[] more, FacePictures expected) in new (string, string[], FacePictures)[]
        {
            ("on", [], FacePictures.Crops),
            ("off", ["--faces", "off"], FacePictures.Off),
        })
        {
            ProcessResult trained = TrainerProcess.Run(
                [
                    "train", "--data", folder["data"], "--from", folder["start.zip"], "--epochs", "1", "--out", folder[name],
                    "--threads", "2", .. more,
                ]
            );
            Assert.True(trained.Code == ExitCode.Ok, trained.Error);
            Assert.Equal(expected == FacePictures.Crops, trained.Error.Contains("labels faces", StringComparison.Ordinal));
            Assert.Equal(expected, ModelZip.Load(folder[$"{name}/model.zip"]).Manifest.Faces?.Pictures);
        }
    }

    [Fact]
    public void A_detector_beside_a_model_of_whole_pictures_is_refused()
    {
        TinyModel.Make("residual", [.. TinyData.Labels]).Save(folder["whole.zip"]);
        AtomicFile.Write(folder["data/happy/0.png"], s => s.Write(TinyData.Png(0, 0)));
        ProcessResult result = TrainerProcess.Run(
            "evaluate", "--model", folder["whole.zip"], "--data", folder["data"], "--detector", folder["faces.zip"]
        );
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("--detector: this model labels whole pictures", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compare")]
    [InlineData("lr-find")]
    public void Settings_of_a_detector_are_refused_where_labels_are_learned(string verb)
    {
        AtomicFile.WriteText(folder["detector.json"], SettingsFile.Write(TrainingDefaults.ForFaces("faces.csv")));
        ProcessResult result = TrainerProcess.Run(
            verb, "--data", folder.FullName, "--settings", folder["detector.json"], "--out", folder["out"]
        );
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Matches("face detector|networks that give labels", Assert.Single(result.ErrorLines));
    }
}
