using EmotionMLNet.MLNet.Pictures;
using EmotionMLNet.MLNetZip;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace EmotionMLNet.MLNet.Scoring;

/// <summary>Scoring by ML.NET's own steps. They are written as a model file and loaded, because their constructors are internal.</summary>
internal static class StockSteps
{
    // Columns between the steps; they are dropped at the end, and nobody else uses such names.
    private const string Own = "EmotionMLNet.", Resized = Own + "Pixels", Probabilities = Own + "Probabilities", Loaded = Own + "Image",
        Kept = Own + "Score", Score = "Score";

    /// <summary>What an application hands decoded pictures over in, where its files' bytes are the input: the column of our zips.</summary>
    private const string Image = "Image";

    /// <summary>Says what is missing before a training and not behind it.</summary>
    /// <exception cref="InvalidOperationException">The native ONNX Runtime is not there.</exception>
    public static void RequireRuntime()
    {
        try
        {
            OrtEnv.Instance();
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new InvalidOperationException(
                "ML.NET's ONNX step needs the native ONNX Runtime, which is the application's choice: add the package "
                    + "Microsoft.ML.OnnxRuntime (or a GPU edition) to it.",
                e);
        }
    }

    /// <summary>Makes the steps.</summary>
    /// <param name="context">They run in it.</param>
    /// <param name="steps">What they read and write.</param>
    /// <returns>Steps of Microsoft.ML, ImageAnalytics and OnnxTransformer alone.</returns>
    public static TransformerChain<ITransformer> Create(MLContext context, ScoringSteps steps)
    {
        RequireRuntime();
        // A vector of bytes can't be decoded there: the application hands over a decoded picture beside it.
        string image = steps.Kind switch
        {
            PictureKind.Path => Loaded,
            PictureKind.Image => steps.Input,
            _ => Image,
        };
        var columns = new ChainColumns
        {
            Label = steps.Label,
            Source = steps.Input,
            File = steps.Kind == PictureKind.Bytes ? steps.Input : null, // whoever has the file sees which way up it is
            Image = image,
            Resized = Resized,
            PredictedLabel = steps.PredictedLabel,
        };
        using var file = new MemoryStream();
        steps.Model.SaveSteps(
            file,
            steps.Kind == PictureKind.Path ? ModelInputMode.Path : ModelInputMode.Bytes,
            columns,
            (Resized, Probabilities),
            TrainSchema(context, steps)
        );
        file.Position = 0;
        ITransformer scoring = context.Model.Load(file, out _);
        List<ITransformer> all = [];
        IDataView view = new EmptyView(InputSchema(steps, image));
        // Its scores are always called Score: another name is a copy, and a column of that name that was there before is brought back.
        bool renames = steps.Score != Score, keeps = renames && steps.HasOtherScore;
        if (keeps) Add(context.Transforms.CopyColumns(Kept, Score));
        all.Add(scoring);
        view = scoring.Transform(view);
        if (renames) Add(context.Transforms.CopyColumns(steps.Score, Score));
        if (keeps) Add(context.Transforms.CopyColumns(Score, Kept));
        IEnumerable<string> between = view.Schema.Select(c => c.Name).Where(n => n.StartsWith(Own, StringComparison.Ordinal));
        if (renames && !keeps) between = between.Append(Score);
        Add(context.Transforms.DropColumns([.. between.Distinct()]));
        if (!steps.Keys.AsKey) Add(context.Transforms.Conversion.MapKeyToValue(steps.PredictedLabel));
        return new TransformerChain<ITransformer>([.. all]);

        void Add(IEstimator<ITransformer> estimator)
        {
            all.Add(estimator.Fit(view));
            view = all[^1].Transform(view);
        }
    }

    private static DataViewSchema InputSchema(ScoringSteps steps, string image)
    {
        var builder = new DataViewSchema.Builder();
        if (steps.HasOtherScore) builder.AddColumn(Score, NumberDataViewType.Single); // its type does not matter here
        if (steps.Kind == PictureKind.Path) builder.AddColumn(steps.Input, TextDataViewType.Instance);
        else builder.AddColumn(image, new Microsoft.ML.Transforms.Image.ImageDataViewType());
        if (steps.Kind == PictureKind.Bytes) builder.AddColumn(steps.Input, new VectorDataViewType(NumberDataViewType.Byte));
        return builder.ToSchema();
    }

    // The label and the probabilities as training would have seen them: where the step takes the keys' values from.
    private static byte[] TrainSchema(MLContext context, ScoringSteps steps)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(steps.Label, steps.Keys.Type, steps.Keys.Annotations);
        builder.AddColumn(Probabilities, new VectorDataViewType(NumberDataViewType.Single, 1, steps.Classes));
        using var file = new MemoryStream();
        context.Data.SaveAsBinary(new EmptyView(builder.ToSchema()), file);
        return file.ToArray();
    }
}
