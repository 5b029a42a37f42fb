using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>The models under artifacts/: that they are what README and their cards say.</summary>
public sealed class ShippedModelTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts");

    private const string Best = "fer2013-best";

    public static TheoryData<string> SingleNetworks => ["fer2013", "happy-sad"];

    public static TheoryData<string> Names => ["fer2013", "happy-sad", Best];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shipped_model_is_small_calibrated_licensed_and_says_how_good_it_is(string name)
    {
        string path = Zip(name);
        ModelZip model = ModelZip.Load(path);
        Assert.True(new FileInfo(path).Length < (name == Best ? 25_000_000 : 10_000_000), $"{name}.zip is no longer small");
        if (name != Best) Assert.True(model.Network.ParameterCount < 5_000_000);
        Assert.DoesNotContain("not stated", model.Manifest.Licence, StringComparison.Ordinal);
        Assert.InRange(model.Manifest.Calibration!.ErrorCrossFitted, 0, 0.03);
        Assert.DoesNotContain(model.Manifest.Measurements, m => m.Purpose == "test"); // nobody here has read one
        Assert.Equal(["none", "flip", "crops"], model.Manifest.Measurements.Take(3).Select(m => m.TestTimeAugmentation));
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")),
            notes = File.ReadAllText(Path.Combine(Folder, "README.md"));
        foreach (MeasurementRecord m in model.Manifest.Measurements)
        {
            string accuracy = Percent(m.Accuracy),
                macroF1 = Percent(m.MacroF1),
                interval = $"{Percent(m.AccuracyLow).TrimEnd(' ', '%')} to {Percent(m.AccuracyHigh)}";
            foreach (string figure in new[] { accuracy, macroF1, interval, m.Images.ToString("N0", CultureInfo.InvariantCulture) })
                Assert.Contains(figure, notes, StringComparison.Ordinal);
            Assert.Contains(accuracy, readme, StringComparison.Ordinal);
        }
        Assert.Contains(model.Network.ParameterCount.ToString("N0", CultureInfo.InvariantCulture), readme, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SingleNetworks))]
    public void Its_recipe_is_what_the_zip_was_trained_with(string name)
    {
        string path = Path.Combine(Folder, "recipes", $"{name}.json");
        IsRecipeOf(path, ModelZip.Load(Zip(name)).Manifest.Settings!.Value);
    }

    [Fact]
    public void The_ensemble_was_made_of_runs_with_recipe_and_log_and_of_the_model_beside_it()
    {
        IReadOnlyList<EnsembleMember> members = ModelZip.Load(Zip(Best)).Manifest.Members!;
        Assert.Equal(["fer2013.zip", "fer2013-seed4.zip", "fer2013-deeper.zip"], members.Select(m => m.File));
        Assert.Equal([0.25, 0.25, 0.5], members.Select(m => m.Weight));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Zip("fer2013")))), members[0].Sha256);
        string notes = File.ReadAllText(Path.Combine(Folder, "README.md")), card = ModelCardOf(Best);
        foreach ((EnsembleMember member, int seed) in members.Zip([3, 4, 5]))
        {
            Assert.Contains(
                card.Split('\n'),
                l => l.Contains(member.Sha256, StringComparison.Ordinal) && l.Contains($"seed {seed},", StringComparison.Ordinal)
            );
            IsRecipeOf(Path.Combine(Folder, "recipes", Path.ChangeExtension(member.File, ".json")), member.Settings!.Value);
            Assert.Contains(Percent(member.Metrics["validationAccuracy"]), notes, StringComparison.Ordinal);
        }
    }

    private static void IsRecipeOf(string path, JsonElement settings)
    {
        TrainingOptions recipe = Options(SettingsFile.Read(path, out _)),
            trained = Options(FormerSettings.Upgrade(JsonNode.Parse(settings.GetRawText())!.AsObject(), out _));
        Assert.Equal(SettingsFile.Write(trained), SettingsFile.Write(recipe));
        string[] log = File.ReadAllLines(Path.ChangeExtension(path, ".log.jsonl"));
        // Epoch 0 is the weights that training began with.
        IEnumerable<int> epochs = log.Select(l => (int)JsonNode.Parse(l)!["epoch"]!).Where(e => e > 0);
        Assert.Equal(Enumerable.Range(1, recipe.Optimisation.Epochs), epochs);

        // Where data and start lie is given on the command line.
        static TrainingOptions Options(JsonObject file)
        {
            TrainingOptions read = SettingsFile.Overlay(new TrainingOptions(), file, "settings");
            return read with { Data = read.Data with { Path = "" }, FineTuning = read.FineTuning with { From = null } };
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_predictor_has_it_beside_it(string name)
    {
        string face = Directory.GetFiles(Path.Combine(Repository.Root, "data", "faces", "happy")).Order(StringComparer.Ordinal).First();
        string[] named = name == "fer2013" ? [] : ["--model", name];
        ProcessResult result = PredictorProcess.Run(models: null, [face, .. named]);
        Assert.True(result.Code == 0, result.Error);
        string labels = string.Join(',', ModelZip.Load(Zip(name)).Manifest.Labels);
        const string faces = "state,face,face_x,face_y,face_width,face_height,face_score";
        Assert.StartsWith($"path,label,confidence,{labels},{faces},error\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(",whole picture,", result.Output, StringComparison.Ordinal);
    }

    [SharedDataFact("fer2013.tar.gz")]
    public void Its_figures_are_found_again_on_the_data()
    {
        using var folder = new TemporaryFolder();
        using (var archive = new GZipStream(File.OpenRead(Path.Combine(SharedData.Folder!, "fer2013.tar.gz")), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(archive, folder.FullName, overwriteFiles: false);
        foreach (string name in Names)
        {
            string path = Zip(name);
            Evaluation found = EvaluationJob.Measure(
                path,
                folder.FullName,
                Split.Validation,
                whole: false,
                seed: null,
                threads: null,
                TestTimeAugmentation.None,
                new SilentReporter(),
                default
            );
            MeasurementRecord said = ModelZip.Load(path).Manifest.Measurements[0];
            Assert.Equal(said.Images, found.Report.Images);
            Assert.Equal(said.Accuracy, found.Report.Accuracy, 0.002); // JPEG decoders may differ by a grey level
        }
    }

    private static string ModelCardOf(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(Zip(name));
        using var reader = new StreamReader(zip.GetEntry("EmotionMLNet/model-card.md")!.Open());
        return reader.ReadToEnd();
    }

    private static string Zip(string name) => Path.Combine(Folder, $"{name}.zip");

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
