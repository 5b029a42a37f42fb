using EmotionMLNet;

if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: Classify.Console MODEL.zip PICTURE...");
    return 2;
}
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    cancellation.Cancel();
};
try
{
    EmotionClassifier classifier = await EmotionClassifier.LoadAsync(args[0], cancellationToken: cancellation.Token);
    bool isComplete = true;
    await foreach (FileResult result in classifier.ClassifyManyAsync(args.Skip(1), cancellationToken: cancellation.Token))
    {
        if (result.IsClassified) Console.WriteLine($"{result.Path}: {result.Prediction.Label} ({result.Prediction.Confidence:P0})");
        else Console.Error.WriteLine($"{result.Path}: {result.Error}");
        isComplete &= result.IsClassified;
    }
    return isComplete ? 0 : 3;
}
catch (OperationCanceledException)
{
    return 130;
}
catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
