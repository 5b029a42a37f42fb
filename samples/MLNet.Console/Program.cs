using EmotionMLNet.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

if (args.Length < 1)
{
    Console.Error.WriteLine("Usage: MLNet.Console FOLDER [EPOCHS] [MODEL.zip] [START.zip]");
    return 2;
}
int epochs = args.Length > 1 ? int.Parse(args[1]) : 6;
string file = args.Length > 2 ? args[2] : "faces.zip";
try
{
    var mlContext = new MLContext(seed: 1);

    // A folder for each label: the column Label, and ImageSource with the paths.
    IDataView faces = mlContext.Data.LoadFromImageFolder(args[0]);
    DataOperationsCatalog.TrainTestData split = mlContext.Data.TrainTestSplit(faces, testFraction: 0.2);

    var options = new ExpressionNetworkOptions { FeatureColumnName = "ImageSource", Epoch = epochs };
    if (args.Length > 3) options.From = args[3]; // trained weights to begin with; without them, drawn ones
    options.MetricsCallback = e => Console.WriteLine($"epoch {e.Epoch} of {e.Epochs}: {e.ValidationAccuracy:P1} on validation");
    var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
        .Append(mlContext.ExpressionNetwork(options))
        .Append(mlContext.Transforms.Conversion.MapKeyToValue("Text", "PredictedLabel"));
    var model = pipeline.Fit(split.TrainSet);

    MulticlassClassificationMetrics metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
    Console.WriteLine($"test: {metrics.MicroAccuracy:P1} right, log loss {metrics.LogLoss:0.000}");

    mlContext.Model.Save(model, faces.Schema, file);

    // Any application with ML.NET goes on from here: the file needs nothing of EmotionMLNet.
    var application = new MLContext();
    ITransformer loaded = application.Model.Load(file, out _);
    using var engine = application.Model.CreatePredictionEngine<Face, Guess>(loaded);
    foreach (Face face in application.Data.CreateEnumerable<Face>(split.TestSet, reuseRowObject: false).Take(3))
    {
        Guess guess = engine.Predict(face);
        Console.WriteLine($"{Path.GetFileName(face.ImageSource)}: {guess.Text} ({guess.Score.Max():P0}), labelled {face.Label}");
    }
    return 0;
}
catch (Exception e) when (e is EmotionMLNet.EmotionMLNetException or IOException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

internal sealed class Face { public string Label { get; set; } = ""; public string ImageSource { get; set; } = ""; }

internal sealed class Guess { public string Text { get; set; } = ""; public float[] Score { get; set; } = []; }
