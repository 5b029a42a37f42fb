namespace EmotionMLNet.Trainer.MLNet.Vision;

/// <summary>The command line of Trainer, with ML.NET's pipelines and its image classification among the candidates of 'compare'.</summary>
internal static class Program
{
    public static int Main(string[] args) => Trainer.Program.Run(args, new PipelineSource(), new VisionSource());
}
