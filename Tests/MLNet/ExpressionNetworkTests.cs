using System.IO.Compression;
using System.Text;
using EmotionMLNet.MLNet;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.ImageClassification;
using EmotionMLNet.Training.Options;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>The estimator in the real ML.NET: everything that a pipeline is used for.</summary>
public sealed class ExpressionNetworkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext context = new(seed: 1);

    public static TheoryData<string> Kinds => ["path", "image", "bytes"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Learns_from_each_kind_of_column_and_evaluates(string kind)
    {
        IDataView all = View(kind, 75);
        DataOperationsCatalog.TrainTestData split = context.Data.TrainTestSplit(all, testFraction: 0.2, seed: 1);
        var model = Pipeline(o => o.Epoch = 12).Fit(split.TrainSet);
        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
        Assert.True(metrics.MicroAccuracy > 0.7, $"{kind}: {metrics.MicroAccuracy}"); // guessing gives 0.33
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Two_fits_of_one_estimator_give_the_same_bits(string kind)
    {
        IDataView view = View(kind);
        var pipeline = Pipeline().Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        (float[] Score, string Label)[] first = TinyRows.Scores(context, pipeline.Fit(view).Transform(view));
        (float[] Score, string Label)[] second = TinyRows.Scores(context, pipeline.Fit(view).Transform(view));
        Assert.Equal(45, first.Length);
        Assert.Equal(first.SelectMany(r => r.Score), second.SelectMany(r => r.Score));
        Assert.True(first.Select(r => r.Label).Distinct().Count() > 1);
    }

    [Fact]
    public void All_kinds_of_column_train_the_same_network()
    {
        var trained = new List<TrainedModel>();
        foreach (string kind in new[] { "path", "image", "bytes" }) Pipeline(o => o.TrainedCallback = trained.Add).Fit(View(kind));
        // Pictures have network size: no resize comes between, so the bits are the same. (Files are dealt by their bytes, so only two can.)
        Assert.Equal(TinyData.Weights(trained[1].Zip.Network), TinyData.Weights(trained[2].Zip.Network));
        Assert.All(trained, t => Assert.Equal(TinyData.Labels, t.Labels));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_model_names_no_assembly_of_ours_and_predicts_the_same(string kind)
    {
        IDataView view = View(kind);
        var pipeline = Pipeline().Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(view);
        string file = folder["model.zip"];
        context.Model.Save(model, view.Schema, file);
        using var stream = new MemoryStream();
        context.Model.Save(model, view.Schema, stream);
        Assert.Equal(Assemblies(File.ReadAllBytes(file)), Assemblies(stream.ToArray()));
        Assert.DoesNotContain(Assemblies(stream.ToArray()), a => a.Contains("Emotion", StringComparison.Ordinal));
        Assert.Contains(Assemblies(stream.ToArray()), a => a.StartsWith("Microsoft.ML.OnnxTransformer,", StringComparison.Ordinal));

        var fresh = new MLContext();
        ITransformer loaded = fresh.Model.Load(file, out DataViewSchema schema);
        Assert.NotNull(schema.GetColumnOrNull("Label"));
        IDataView again = kind == "bytes"
            ? fresh.Data.LoadFromEnumerable(TinyRows.Decoded())
            : view;
        float difference = TinyRows.Difference(
            TinyRows.Scores(context, model.Transform(view)), TinyRows.Scores(fresh, loaded.Transform(again)));
        Assert.True(difference < 1e-4f, $"{kind}: {difference}");
    }

    [Fact]
    public void A_saved_model_is_read_by_our_own_classifier()
    {
        IDataView view = View("image");
        var model = Pipeline().Fit(view);
        string file = folder["model.zip"];
        context.Model.Save(model, view.Schema, file);
        (float[] Score, string Label)[] expected = [.. context.Data.CreateEnumerable<ScoreAlone>(model.Transform(view), false)
            .Select(r => (r.Score, ""))];
        EmotionClassifier classifier = EmotionClassifier.Load(file);
        Assert.Equal(TinyData.Labels, classifier.Labels);
        var got = TinyRows.Bytes().Select(r => classifier.Classify(r.ImageSource!))
            .Select(p => (p.Scores.Select(s => s.Probability).ToArray(), ""));
        Assert.True(TinyRows.Difference(expected, got) < 1e-4f);
    }

    [Fact]
    public void Cross_validates()
    {
        IDataView keyed = context.Transforms.Conversion.MapValueToKey("Label").Fit(View("bytes", 60)) is var map
            ? map.Transform(View("bytes", 60)) : null!;
        var results = context.MulticlassClassification.CrossValidate(
            keyed, context.ExpressionNetwork(Options(o => o.Epoch = 8)), numberOfFolds: 3, seed: 1);
        Assert.Equal(3, results.Count);
        Assert.All(results, r => Assert.True(r.Metrics.MicroAccuracy > 0.5, $"fold {r.Fold}: {r.Metrics.MicroAccuracy}"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_prediction_engine_says_what_the_view_says(string kind)
    {
        IDataView view = View(kind);
        var model = Pipeline().Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(view);
        (float[] Score, string Label)[] expected = TinyRows.Scores(context, model.Transform(view));
        (float[] Score, string Label)[] got = kind switch
        {
            "path" => Predict<PathRow>(TinyRows.Files(folder.FullName)),
            "image" => Predict<ImageRow>(TinyRows.Images()),
            _ => Predict<BytesRow>(TinyRows.Bytes()),
        };
        Assert.True(TinyRows.Difference(expected, got) < 1e-6f);
        Assert.Equal(expected.Select(r => r.Label), got.Select(r => r.Label));
        Assert.Equal(3, expected.Select(r => r.Label).Distinct().Count());

        (float[], string)[] Predict<T>(T[] rows) where T : class
        {
            PredictionEngine<T, Scored> engine = context.Model.CreatePredictionEngine<T, Scored>(model);
            return [.. rows.Take(45).Select(r => engine.Predict(r)).Select(p => (p.Score, p.PredictedLabel))];
        }
    }

    [Theory]
    [InlineData("path", false)]
    [InlineData("image", false)]
    [InlineData("path", true)]
    [InlineData("bytes", true)]
    public void Column_names_are_settings(string kind, bool own)
    {
        IDataView view = View(kind);
        IEstimator<ITransformer> rename = context.Transforms.CopyColumns("Truth", "Label")
            .Append(context.Transforms.CopyColumns("Photo", "ImageSource"))
            .Append(context.Transforms.DropColumns("Label", "ImageSource"))
            .Append(context.Transforms.Conversion.MapValueToKey("Truth"));
        var model = rename.Append(context.ExpressionNetwork(Options(o =>
        {
            (o.LabelColumnName, o.FeatureColumnName) = ("Truth", "Photo");
            (o.ScoreColumnName, o.PredictedLabelColumnName) = ("Probabilities", "Guess");
            o.UseOwnEngine = own;
        }))).Fit(view);
        string[] names = [.. model.GetOutputSchema(view.Schema).Where(c => !c.IsHidden).Select(c => c.Name)];
        Assert.Equal(["Guess", "Photo", "Probabilities", "Truth"], names.Order(StringComparer.Ordinal));
        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(
            model.Transform(view), "Truth", "Probabilities", "Guess");
        Assert.Equal(3, metrics.PerClassLogLoss.Count);
    }

    [Fact]
    public void A_second_model_leaves_the_scores_of_the_first_alone()
    {
        IDataView view = View("path");
        var two = Pipeline().Append(context.ExpressionNetwork(Options(o =>
            (o.ScoreColumnName, o.PredictedLabelColumnName, o.Seed) = ("Other", "OtherLabel", 2))));
        var model = two.Fit(view);
        IDataView scored = model.Transform(view), first = Pipeline().Fit(view).Transform(view);
        Assert.Equal(Column(first, "Score"), Column(scored, "Score"));
        Assert.NotEqual(Column(scored, "Score"), Column(scored, "Other"));
        using var file = new MemoryStream();
        context.Model.Save(model, view.Schema, file);
        file.Position = 0;
        IDataView again = new MLContext().Model.Load(file, out _).Transform(view);
        Assert.Equal(Column(scored, "Score"), Column(again, "Score"));
        Assert.Equal(Column(scored, "Other"), Column(again, "Other"));

        static float[] Column(IDataView data, string name) => [.. data.GetColumn<float[]>(name).SelectMany(v => v)];
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_shape_says_what_the_transformer_does(string kind)
    {
        IDataView view = View(kind);
        ExpressionNetworkTrainer trainer = context.ExpressionNetwork(Options());
        var map = context.Transforms.Conversion.MapValueToKey("Label");
        SchemaShape shape = trainer.GetOutputSchema(map.GetOutputSchema(ShapeOf(view.Schema)));
        DataViewSchema schema = trainer.Fit(map.Fit(view).Transform(view)).GetOutputSchema(map.Fit(view).Transform(view).Schema);
        foreach (string name in new[] { "Label", "ImageSource", "Score", "PredictedLabel" })
        {
            SchemaShape.Column expected = ShapeOf(schema).Single(c => c.Name == name), got = shape.Single(c => c.Name == name);
            Assert.Equal((expected.Kind, expected.ItemType, expected.IsKey), (got.Kind, got.ItemType, got.IsKey));
        }
        Assert.Contains(shape.Single(c => c.Name == "PredictedLabel").Annotations, a => a.Name == "KeyValues");
        Assert.Contains(shape.Single(c => c.Name == "Score").Annotations, a => a.Name == "SlotNames");
    }

    [Fact]
    public void Keys_of_numbers_stay_numbers()
    {
        string[] names = [.. TinyData.Labels];
        var rows = TinyRows.Bytes().Select(r =>
            new NumberedRow { Label = 10 * (Array.IndexOf(names, r.Label) + 1), ImageSource = r.ImageSource! });
        IDataView view = context.Data.LoadFromEnumerable(rows);
        var model = Pipeline().Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(view);
        Assert.IsType<NumberDataViewType>(model.GetOutputSchema(view.Schema)["PredictedLabel"].Type);
        int[] labels = [.. context.Data.CreateEnumerable<NumberedOutput>(model.Transform(view), false).Select(r => r.PredictedLabel)];
        Assert.Equal([10, 20, 30], labels.Distinct().Order());
        // Saved as ML.NET's steps it is the same type.
        using var file = new MemoryStream();
        context.Model.Save(model, view.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        IDataView decoded = context.Data.LoadFromEnumerable(
            TinyRows.Bytes().Select(r => new NumberedDecodedRow { ImageSource = r.ImageSource }));
        Assert.IsType<NumberDataViewType>(loaded.GetOutputSchema(decoded.Schema)["PredictedLabel"].Type);
        Assert.Equal(labels, context.Data.CreateEnumerable<NumberedOutput>(loaded.Transform(decoded), false).Select(r => r.PredictedLabel));
    }

    [Fact]
    public void A_validation_view_chooses_the_epoch_and_labels_that_training_lacks_are_left_out()
    {
        IDataView train = View("bytes");
        var map = context.Transforms.Conversion.MapValueToKey("Label").Fit(train);
        BytesRow[] held = [.. TinyRows.Bytes(12, seed: 7), new BytesRow { Label = "unheard of", ImageSource = TinyData.Png(0, 5) }];
        IDataView validation = map.Transform(context.Data.LoadFromEnumerable(held));
        TrainedModel? trained = null;
        var log = new List<string>();
        context.Log += (_, e) => log.Add(e.Message);
        context.ExpressionNetwork(Options(o => (o.ValidationSet, o.TrainedCallback) = (validation, t => trained = t)))
            .Fit(map.Transform(train));
        Assert.Equal(12, trained!.Validation.Count);
        Assert.Contains(log, m => m.Contains("1 row of the validation set has no label and is left out", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_held_out_chooses_on_the_training_pictures()
    {
        TrainedModel? trained = null;
        Pipeline(o => (o.ValidationSetFraction, o.TrainedCallback) = (null, t => trained = t)).Fit(View("bytes"));
        Assert.Equal(45, trained!.Validation.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_without_picture_or_label_and_broken_pictures_are_left_out(string kind)
    {
        byte[] broken = Encoding.ASCII.GetBytes("no picture at all");
        BytesRow[] rows =
        [
            .. TinyRows.Bytes(), new BytesRow { Label = "left", ImageSource = kind == "image" ? null : broken },
            new BytesRow { Label = "low" }, new BytesRow { Label = null, ImageSource = TinyData.Png(1, 3) },
        ];
        string Write(byte[]? content, int i)
        {
            if (content is null) return "";
            string path = folder[$"row-{i}.png"];
            EmotionMLNet.Files.AtomicFile.Write(path, stream => stream.Write(content));
            return path;
        }
        IDataView view = kind switch
        {
            "bytes" => context.Data.LoadFromEnumerable(rows),
            "path" => context.Data.LoadFromEnumerable(
                rows.Select((r, i) => new PathRow { Label = r.Label, ImageSource = Write(r.ImageSource, i) }).ToArray()),
            _ => context.Data.LoadFromEnumerable(rows.Select(r => new ImageRow
            {
                Label = r.Label,
                ImageSource = r.ImageSource is null ? null : MLImage.CreateFromStream(new MemoryStream(r.ImageSource)),
            }).ToArray()),
        };
        var log = new List<string>();
        context.Log += (_, e) => log.Add(e.Message);
        TrainedModel? trained = null;
        Pipeline(o => (o.ValidationSetFraction, o.TrainedCallback) = (null, t => trained = t)).Fit(view);
        Assert.Equal(45, trained!.Validation.Count);
        Assert.Contains(log, m => m.Contains("1 row has no label and is left out", StringComparison.Ordinal));
        Assert.Contains(log, m => m.Contains("findings", StringComparison.Ordinal));
    }

    [Fact]
    public void Cancelled_training_keeps_the_best_epoch_and_logs_all()
    {
        using var stop = new CancellationTokenSource();
        var epochs = new List<TrainingEpoch>();
        var log = new List<string>();
        context.Log += (_, e) => log.Add(e.Message);
        TrainedModel? trained = null;
        Pipeline(o =>
        {
            (o.Epoch, o.CancellationToken, o.TrainedCallback, o.EarlyStoppingCriteria) = (50, stop.Token, t => trained = t, null);
            o.MetricsCallback = e =>
            {
                epochs.Add(e);
                if (epochs.Count == 2) stop.Cancel();
            };
        }).Fit(View("bytes"));
        Assert.True(trained!.WasCancelled);
        Assert.InRange(epochs.Count, 2, 3);
        Assert.Contains(log, m => m.Contains("epoch 1 of 50", StringComparison.Ordinal));
        Assert.Equal([1, 2], epochs.Take(2).Select(e => e.Epoch));
    }

    [Fact]
    public void Early_stopping_ends_a_training()
    {
        var epochs = new List<TrainingEpoch>();
        Pipeline(o => (o.Epoch, o.EarlyStoppingCriteria, o.MetricsCallback) = (40, new EarlyStopping(MinDelta: 1, Patience: 2), epochs.Add))
            .Fit(View("bytes"));
        Assert.InRange(epochs.Count, 2, 3);
    }

    [Fact]
    public void Trains_further_from_a_zip_and_with_a_frozen_backbone_and_keeps_each_run_apart()
    {
        TrainedModel? first = null;
        Pipeline(o => o.TrainedCallback = t => first = t).Fit(View("bytes"));
        string zip = folder["first.zip"];
        first!.Save(zip);
        TrainedModel? second = null;
        string workspace = folder["work"];
        var map = context.Transforms.Conversion.MapValueToKey("Label");
        var further = map.Append(context.ExpressionNetwork(new ExpressionNetworkOptions
        {
            FeatureColumnName = "ImageSource", From = zip, Epoch = 1, ValidationSetFraction = 0.3f, WorkspacePath = workspace,
            TrainedCallback = t => second = t, Threads = 2,
        }));
        further.Fit(View("bytes"));
        Assert.Equal(0, second!.History[0].Epoch); // the given weights are measured before the first step
        further.Fit(View("bytes"));
        Assert.Equal(["fit-001", "fit-002"], Directory.GetDirectories(workspace).Select(d => Path.GetFileName(d)).Order());
        TrainedModel? head = null;
        map.Append(context.ExpressionNetwork(new ExpressionNetworkOptions
        {
            FeatureColumnName = "ImageSource", Backbone = zip, Freeze = Freezing.All, Epoch = 2, ValidationSetFraction = 0.3f,
            TrainedCallback = t => head = t, Threads = 2,
        })).Fit(View("bytes"));
        float[] before = TinyData.Weights(first.Zip.Network), after = TinyData.Weights(head!.Zip.Network);
        Assert.Equal(before[..8], after[..8]);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void Mistakes_are_said_in_the_names_of_the_options()
    {
        IDataView view = View("bytes");
        Assert.Contains("MapValueToKey", Assert.Throws<ArgumentException>(() => context.ExpressionNetwork(Options()).Fit(view)).Message);
        IDataView keyed = context.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        Says("no column 'Photo'", o => o.FeatureColumnName = "Photo");
        Says("BatchSize 1: give 2 or more", o => o.BatchSize = 1);
        Says("ValidationSetFraction", o => o.ValidationSetFraction = 1.5f);
        Says("Backbone nowhere.onnx: there is no such file", o => o.Backbone = "nowhere.onnx");
        ArgumentException none = Assert.Throws<ArgumentException>(() => context.ExpressionNetwork(Options(o => o.Arch = "resnet9000")));
        Assert.Contains("no architecture", none.Message);
        var one = context.Data.LoadFromEnumerable([new BytesRow { Label = "left", ImageSource = TinyData.Png(0, 1) }]);
        Assert.Throws<ArgumentException>(() => Pipeline().Fit(one));
        var few = context.Data.LoadFromEnumerable(TinyRows.Bytes(3));
        TrainingException tooFew = Assert.Throws<TrainingException>(() => Pipeline(o => o.ValidationSetFraction = 0.1f).Fit(few));
        Assert.Contains("ValidationSetFraction", tooFew.Message);

        void Says(string what, Action<ExpressionNetworkOptions> change)
            => Assert.Contains(what, Assert.Throws<ArgumentException>(() => context.ExpressionNetwork(Options(change)).Fit(keyed)).Message);
    }

    [Fact]
    public void A_folder_is_loaded_as_Model_Builder_loads_it()
    {
        TinyRows.Files(folder.FullName, 9);
        IDataView paths = context.Data.LoadFromImageFolder(folder.FullName);
        IDataView bytes = context.Data.LoadFromImageFolder(folder.FullName, ImageSourceContent.Bytes);
        Assert.Equal(["Label", "ImageSource"], paths.Schema.Select(c => c.Name));
        PathRow[] p = [.. context.Data.CreateEnumerable<PathRow>(paths, false)];
        BytesRow[] b = [.. context.Data.CreateEnumerable<BytesRow>(bytes, false)];
        Assert.Equal(9, p.Length);
        Assert.Equal(p.Select(r => r.Label), b.Select(r => r.Label));
        Assert.Equal(p.Select(r => File.ReadAllBytes(r.ImageSource!)), b.Select(r => r.ImageSource));
        Assert.All(p, r => Assert.Equal(r.Label, Path.GetFileName(Path.GetDirectoryName(r.ImageSource!))));
        Assert.Contains("no such folder", Assert.Throws<TrainingException>(() => context.Data.LoadFromImageFolder(folder["none"])).Message);
    }

    [Fact]
    public void Images_of_a_loader_are_read_by_several_cursors_in_their_order()
    {
        PathRow[] rows = TinyRows.Files(folder.FullName);
        IDataView loaded = context.Transforms.LoadImages("Image", null, "ImageSource").Fit(context.Data.LoadFromEnumerable(rows))
            .Transform(context.Data.LoadFromEnumerable(rows));
        TrainedModel? parallel = null, single = null;
        Pipeline(o => (o.FeatureColumnName, o.TrainedCallback) = ("Image", t => parallel = t)).Fit(loaded);
        Pipeline(o => o.TrainedCallback = t => single = t).Fit(View("image"));
        Assert.Equal(TinyData.Weights(single!.Zip.Network), TinyData.Weights(parallel!.Zip.Network));
    }

    private ExpressionNetworkOptions Options(Action<ExpressionNetworkOptions>? change = null)
    {
        ExpressionNetworkOptions options = TinyRows.Options();
        change?.Invoke(options);
        return options;
    }

    private EstimatorChain<TransformerChain<ITransformer>> Pipeline(Action<ExpressionNetworkOptions>? change = null)
        => context.Transforms.Conversion.MapValueToKey("Label").Append(context.ExpressionNetwork(Options(change)));

    private IDataView View(string kind, int count = 45) => kind switch
    {
        "path" => context.Data.LoadFromEnumerable(TinyRows.Files(folder.FullName, count)),
        "image" => context.Data.LoadFromEnumerable(TinyRows.Images(count)),
        _ => context.Data.LoadFromEnumerable(TinyRows.Bytes(count)),
    };

    // What ML.NET itself says of a schema: the shape behind an estimator that changes nothing of it.
    private SchemaShape ShapeOf(DataViewSchema schema)
        => new SchemaLoader(schema).Append(context.Transforms.CopyColumns("Copy", schema[0].Name)).GetOutputSchema();

    /// <summary>The assemblies that a model's steps are loaded from.</summary>
    private static string[] Assemblies(byte[] model)
    {
        using var zip = new ZipArchive(new MemoryStream(model));
        var names = new List<string>();
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => e.Name == "Model.key"))
        {
            using var copy = new MemoryStream();
            using (Stream stream = entry.Open()) stream.CopyTo(copy);
            byte[] key = copy.ToArray();
            names.Add(Encoding.Unicode.GetString(key, (int)BitConverter.ToInt64(key, 0x90), BitConverter.ToInt32(key, 0x98)));
        }
        return [.. names];
    }

    private sealed class SchemaLoader(DataViewSchema schema) : IDataLoader<IMultiStreamSource>
    {
        public DataViewSchema GetOutputSchema() => schema;

        public IDataView Load(IMultiStreamSource input) => throw new NotSupportedException();

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }

    private sealed class ScoreAlone
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class NumberedRow
    {
        public int Label { get; set; }

        public byte[] ImageSource { get; set; } = [];
    }

    private sealed class NumberedDecodedRow
    {
        public int Label { get; set; }

        public byte[]? ImageSource { get; set; }

        [Microsoft.ML.Transforms.Image.ImageType(1, 1)]
        public MLImage? Image => MLImage.CreateFromStream(new MemoryStream(ImageSource!));
    }

    private sealed class NumberedOutput
    {
        public int PredictedLabel { get; set; }
    }
}
