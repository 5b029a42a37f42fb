using EmotionMLNet.MLNet.Data;
using Microsoft.ML;

namespace EmotionMLNet.MLNet;

/// <summary>EmotionMLNet's estimators and loaders where ML.NET has its own.</summary>
public static class ExpressionCatalog
{
    /// <summary>An estimator that trains a network on pictures and their labels.</summary>
    /// <remarks>
    /// It hangs on the context itself and not on <c>MulticlassClassification.Trainers</c>, because a catalogue keeps its environment (log,
    /// folder of temporary files, GPU) to ML.NET's own assemblies.
    /// </remarks>
    /// <param name="context">Its log tells of the training.</param>
    /// <param name="options">What is trained on which columns; they are copied.</param>
    /// <exception cref="ArgumentException">There is no such architecture.</exception>
    public static ExpressionNetworkTrainer ExpressionNetwork(this MLContext context, ExpressionNetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        return new ExpressionNetworkTrainer(context, options);
    }

    /// <summary>The same with the recommended settings of an architecture.</summary>
    /// <param name="context">Its log tells of the training.</param>
    /// <param name="labelColumnName">The label: a key.</param>
    /// <param name="featureColumnName">The pictures: MLImage, paths or encoded files.</param>
    /// <param name="arch">An architecture by name.</param>
    /// <exception cref="ArgumentException">There is no such architecture.</exception>
    public static ExpressionNetworkTrainer ExpressionNetwork(
        this MLContext context, string labelColumnName = "Label", string featureColumnName = "Features", string arch = "emotion-cnn")
        => context.ExpressionNetwork(
            new ExpressionNetworkOptions { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName, Arch = arch });

    /// <summary>
    /// An estimator that searches the settings of such a training, and whose transformer is that of the recommended model.
    /// </summary>
    /// <param name="context">Its log tells of the search.</param>
    /// <param name="options">What is to be beaten on which columns, and how long is searched; they are copied.</param>
    /// <exception cref="ArgumentException">There is no such architecture.</exception>
    public static ExpressionTuner ExpressionTuning(this MLContext context, ExpressionTuningOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        return new ExpressionTuner(context, options);
    }

    /// <summary>
    /// A step that runs a model zip by EmotionMLNet's own engine, in batches on all cores; saved, it becomes ML.NET's own steps.
    /// </summary>
    /// <param name="catalog">ML.NET's transforms.</param>
    /// <param name="zip">The model zip.</param>
    /// <param name="inputColumnName">The pictures: MLImage, paths or encoded files.</param>
    /// <param name="options">More settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">Faces are wanted without a detector, or all of them.</exception>
    /// <exception cref="EmotionMLNet.MLNetZip.ModelFormatException">The file is no model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ScoreExpressionEstimator ScoreExpression(
        this TransformsCatalog catalog, string zip, string inputColumnName = "ImageSource", ScoreExpressionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(zip);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        return new ScoreExpressionEstimator(zip, inputColumnName, options ?? new ScoreExpressionOptions());
    }

    /// <summary>A view of the pictures in class folders, with the columns that Model Builder's generated code gives them.</summary>
    /// <remarks>A folder is read when this is called, files when rows are asked for: memory does not grow with the pictures.</remarks>
    /// <param name="catalog">ML.NET's data operations.</param>
    /// <param name="folder">A folder with a folder for each label, in which every file at any depth is a picture.</param>
    /// <param name="content">What the column ImageSource holds.</param>
    /// <returns>Rows by label and then by path: Label (text) and ImageSource (text or bytes).</returns>
    /// <exception cref="EmotionMLNet.Training.TrainingException">There is no such folder, or there are no pictures in it.</exception>
    public static IDataView LoadFromImageFolder(
        this DataOperationsCatalog catalog, string folder, ImageSourceContent content = ImageSourceContent.Path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return ImageFolder.Load(catalog, folder, content);
    }
}
